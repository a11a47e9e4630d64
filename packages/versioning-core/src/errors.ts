/** Describes a wrong input so that both a person and a program can act on it. */
export interface InvalidInput {
  /** The field under the caller's name for it: `base`, `sha`, `publishers[2].directory`. */
  readonly field: string;
  /** The received value, shortened and printable. Left out when it could be a secret. */
  readonly received?: string | undefined;
  /** The accepted form, with an example: `MAJOR.MINOR.PATCH, for example 0.1.0`. */
  readonly expected: string;
  /** What to do, when that is more than "write the accepted form". */
  readonly hint?: string | undefined;
}

/**
 * A wrong call. Thrown, never returned, before any request is sent; the CLI exits with 2. Expected
 * failures of registries and tools are `Problem` values instead.
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

  /** Returns the same error with some parts changed: another field, a hint, no value. */
  with(changes: Partial<InvalidInput>, code: string = this.code): InvalidInputError {
    const { field, expected, hint } = this;
    const received = this.received === undefined ? undefined : String(JSON.parse(this.received));
    return new InvalidInputError({ field, received, expected, hint, ...changes }, code);
  }
}

/**
 * Returns the text for `InvalidInput.received`. Never throws. Shows only the field names of an
 * object and only the length of a list, because options hold tokens.
 */
export function received(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return described(value);
  } catch {
    // A revoked proxy, or one whose traps throw.
    return 'an object that cannot be read';
  }
}

function described(value: unknown): string {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'symbol' || typeof value === 'function' ? typeof value : String(value);
  const names = Object.keys(value);
  return names.length === 0 ? 'an object without fields' : `an object with ${names.join(', ')}`;
}

/**
 * Matches user information before a host, with or without a scheme, but not the `npm:name@` of a
 * coordinate.
 */
const USER_INFORMATION =
  /\/\/[^\s/]*@|(?<![^\s/])(?!(?:npm|pypi|go|oci):)[^\s/:@]+:[^\s/@]+@(?!sha\d+:)/g;
const QUERY_VALUE = /([?&][^\s=&#]+=)[^\s&#]+/g;

/** Removes user information and query values from addresses: people put secrets there. */
function withoutCredentials(text: string): string {
  return text
    .replace(USER_INFORMATION, (found) => (found.startsWith('//') ? '//***@' : '***@'))
    .replace(QUERY_VALUE, '$1***');
}

/**
 * Returns a value as quoted JSON, at most 80 characters, without the credentials in addresses. It
 * is ASCII only, so no control, bidi or look-alike character reaches a terminal.
 */
export function printable(value: unknown): string {
  const text = withoutCredentials(received(value));
  const cut = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return JSON.stringify(cut).replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
