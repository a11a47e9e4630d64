import { InvalidInputError, printable, received } from '../errors.ts';

/**
 * Checks one value: returns it in the form that is used, or throws `InvalidInputError` with `field`
 * and `code`. `parseRepositoryPath`, `parseNpmName` and their like are checks as they are.
 */
export type Parse<T> = (value: unknown, field?: string, code?: string) => T;

/** The check of a `T`, and of no less than every `T`. */
export interface Check<T> {
  (value: unknown, field?: string, code?: string): T;
  /** Never set: by it the compiler refuses a check that takes fewer values than the type has. */
  readonly takes?: (value: T) => void;
}

/** The check of an option that may be left out. */
export interface Optional<T> {
  readonly optional: Check<T>;
}

/** What is said of a value that is undefined, beside what was expected. */
type Absent = Partial<ConstructorParameters<typeof InvalidInputError>[0]>;

const UNSET: Absent = { hint: 'Is it read from an environment variable that is not set?' };
/** For an option that was left out. */
export const REQUIRED: Absent = { hint: 'This option is required.', received: undefined };

/**
 * Reads one part of what a caller gave, and checks it. A getter or a proxy that throws makes a
 * wrong input as well, and a string that may be a secret is not shown.
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
    throw mayBeSecret(value) ? error.with({ received: undefined }) : error;
  }
}

function unreadable(cause: unknown, field: string, code?: string): InvalidInputError {
  const error = new InvalidInputError({ field, expected: 'a value that can be read' }, code);
  error.cause = cause;
  return error;
}

/** 20 letters and digits in a row, and longer than any option: a token in the wrong place. */
function mayBeSecret(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return value.length > 1000 || /(?=[\w+-]*[a-z])(?=[\w+-]*[0-9])[\w+-]{20}/i.test(value);
}

/** The path of a part: `distTags.release`, `publishers[2]`, `labels["a b"]`. */
export function partOf(field: string, key: string | number): string {
  if (typeof key === 'number') return `${field}[${key}]`;
  if (!/^[A-Za-z_$][\w$-]{0,59}$/.test(key)) return `${field}[${printable(key)}]`;
  return field === '' ? key : `${field}.${key}`;
}

/**
 * What was received where an object, a list or a function belongs. A string may hold anything
 * there, and is not shown.
 */
export function outline(value: unknown): string {
  return typeof value === 'string' ? 'a string' : received(value);
}

/** An object as it is written in a definition: no list, `Map`, `Date`, promise or other instance. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
