// What `console.log` and `util.inspect` call.
const shown: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** A value that must not be printed: it shows as `[secret]` in strings, JSON and `console.log`. */
export class Secret {
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

  [shown](): string {
    return '[secret]';
  }
}

/** How users hand a token to a publisher: text, a `Secret`, or a function asked when it is first needed. */
export type SecretInput = string | Secret | (() => string | Secret | undefined);
