import { InvalidInputError } from '@ameide/versioning-core/errors';
import { announceSecret } from './made-secrets.ts';

/** A value that must not be printed. Strings, JSON and `console.log` show `[secret]`. */
export class Secret {
  static {
    // `console.log` and `util.inspect` call this method. Defined here because isolated declarations
    // allow no computed member name.
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => '[secret]',
    });
  }

  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the value itself. Only the code that sends it may call this. */
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
 * How users pass a token to a publisher: a string, a `Secret`, or a function that is called when
 * the token is first needed.
 */
export type SecretInput = string | Secret | (() => string | Secret | undefined);

/**
 * Returns the user's token, or undefined if there is none. Removes white space around it (a token
 * file ends with a newline) and treats an empty one as none (CI systems expand an unset secret to
 * the empty string). Announces the token, so that everything that shows text can hide it. Throws
 * `InvalidInputError` if a function returns something else.
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
  const secret = value instanceof Secret && token === text ? value : new Secret(token);
  announceSecret(secret);
  return secret;
}
