import { InvalidInputError, printable, received } from '../errors.ts';

/**
 * Checks one value. Returns it in the form that the code uses, or throws `InvalidInputError` with
 * `field` and `code`. Parsers such as `parseRepositoryPath` and `parseNpmName` are already checks.
 */
export type Parse<T> = (value: unknown, field?: string, code?: string) => T;

/** A check that accepts every value of type `T`. */
export interface Check<T> {
  (value: unknown, field?: string, code?: string): T;
  /** Never set. Lets the compiler reject a check that accepts only some values of `T`. */
  readonly takes?: (value: T) => void;
}

/** The check of an option that the user may omit. */
export interface Optional<T> {
  readonly optional: Check<T>;
}

/** What the message says about an undefined value, besides what was expected. */
type Absent = Partial<ConstructorParameters<typeof InvalidInputError>[0]>;

const UNSET: Absent = { hint: 'Does it come from an environment variable that is not set?' };
/** For an option that the user omitted. */
export const REQUIRED: Absent = { hint: 'This option is required.', received: undefined };

/**
 * Reads and checks one part of what a caller passed. If a getter or proxy throws, that is a wrong
 * input too. Messages do not show a string that may be a secret.
 */
export function checkPart<T>(
  check: Parse<T>,
  read: () => unknown,
  field: string,
  code?: string,
  absent: Absent = UNSET,
): T {
  let value: unknown;
  try {
    value = read();
    return check(value, field, code);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw unreadable(error, field, code);
    if (value === undefined) throw error.with(absent);
    // A template such as `${process.env.HOST}/site`.
    if (typeof value === 'string' && /\bundefined\b/.test(value)) throw error.with(UNSET);
    throw mayBeSecret(value) ? error.with({ received: undefined }) : error;
  }
}

function unreadable(cause: unknown, field: string, code?: string): InvalidInputError {
  const error = new InvalidInputError({ field, expected: 'a value that can be read' }, code);
  error.cause = cause;
  return error;
}

/**
 * True for 20 or more letters and digits in a row, longer than any real option: probably a token in
 * the wrong place.
 */
function mayBeSecret(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return value.length > 1000 || /(?=[\w+-]*[a-z])(?=[\w+-]*[0-9])[\w+-]{20}/i.test(value);
}

/** Returns the path of a part: `distTags.release`, `publishers[2]`, `labels["a b"]`. */
export function partOf(field: string, key: string | number): string {
  if (typeof key === 'number') return `${field}[${key}]`;
  if (!/^[A-Za-z_$][\w$-]{0,59}$/.test(key)) return `${field}[${printable(key)}]`;
  return field === '' ? key : `${field}.${key}`;
}

/**
 * Describes a value that is not the expected object, list or function. Never shows a string,
 * because it may hold a secret.
 */
export function outline(value: unknown): string {
  return typeof value === 'string' ? 'a string' : received(value);
}

/** True for an object literal; false for a list, `Map`, `Date`, promise or other instance. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
