/** What a wrong input was, in a form that both a person and a program can act on. */
export interface InvalidInput {
  /** The field as the caller knows it: `base`, `sha`, `publishers[2].directory`. */
  readonly field: string;
  /** The value as received, shortened and made printable; left out when it could be a secret. */
  readonly received?: string;
  /** The accepted form, with an example: `MAJOR.MINOR.PATCH, for example 0.1.0`. */
  readonly expected: string;
  /** What to do about it, when that is more than "write the accepted form". */
  readonly hint?: string;
}

/**
 * A wrong call: thrown, never returned, before any request is sent. The CLI exits 2 on it.
 * Expected failures of registries and tools are `Problem` values instead.
 */
export class InvalidInputError extends Error implements InvalidInput {
  override readonly name = 'InvalidInputError';
  readonly code: string;
  readonly field: string;
  readonly received?: string;
  readonly expected: string;
  readonly hint?: string;

  /** `code` names the kind of mistake for programs; most are plain `invalid-input`. */
  constructor(input: InvalidInput, code = 'invalid-input') {
    const got = input.received === undefined ? '' : `, got ${printable(input.received)}`;
    super(`${input.field}: expected ${input.expected}${got}`);
    this.code = code;
    this.field = input.field;
    this.expected = input.expected;
    if (input.received !== undefined) this.received = printable(input.received);
    if (input.hint !== undefined) this.hint = input.hint;
  }
}

/** The text form of any value for `InvalidInput.received`; never throws, whatever the value is. */
export function received(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) return String(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** JSON-quoted, ASCII only (so no control, bidi or look-alike character reaches a terminal), at most 80 characters. */
export function printable(value: unknown): string {
  const text = received(value);
  const cut = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
