import { InvalidInputError } from '@ameide/versioning-core';

interface WholeNumber {
  /** The option: `limit`. */
  readonly field: string;
  /** What the number means, for people: `how many builds to show`. */
  readonly what: string;
  /** The smallest that is allowed. Default 0. */
  readonly from?: number;
}

/** Reads an option's whole number. Throws `InvalidInputError`. */
export function wholeNumber(
  text: string | undefined,
  { field, from = 0, what }: WholeNumber,
): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text) && Number(text) >= from) return Number(text);
  const expected = `${what}: a whole number from ${from} to 999999`;
  throw new InvalidInputError({ field, received: text, expected });
}
