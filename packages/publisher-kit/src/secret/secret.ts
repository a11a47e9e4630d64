import { InvalidInputError } from '@ameide/versioning-core';

/** A value that must not be printed: it shows as `[secret]` in strings, JSON and `console.log`. */
export class Secret {
  static {
    // What `console.log` and `util.inspect` call. Defined here because a computed member name
    // cannot be declared in isolation.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => '[secret]',
    });
  }

  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that sends it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }
}

/**
 * How users hand a token to a publisher: text, a `Secret`, or a function asked when it is first
 * needed.
 */
export type SecretInput = string | Secret | (() => string | Secret | undefined);

/**
 * The token a user handed in, or undefined when there is none. White space around it is taken off
 * (a token file ends in a newline), and an empty one counts as none (CI systems expand an unset
 * secret to the empty string). Throws `InvalidInputError` when a function returns something else.
 */
export function toSecret(input?: SecretInput): Secret | undefined {
  const value: unknown = typeof input === 'function' ? input() : input;
  if (value !== undefined && typeof value !== 'string' && !(value instanceof Secret)) {
    const expected = 'a function that returns a string or a Secret, and no promise';
    throw new InvalidInputError({ field: 'token', expected });
  }
  const text = value instanceof Secret ? value.reveal() : (value ?? '');
  const token = text.trim();
  if (token === '') return undefined;
  return value instanceof Secret && token === text ? value : new Secret(token);
}
