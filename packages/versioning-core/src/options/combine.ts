import { InvalidInputError } from '../errors.ts';
import { type Check, outline } from './check.ts';
import { custom } from './values.ts';

/** Accepts null and what `check` accepts. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return union(
    check,
    custom<null>((value) => value === null, 'null'),
  );
}

/**
 * Accepts what any of the checks accepts and returns the value of the first that does. If none
 * accepts an object or a list, the error names the wrong part in it.
 */
export function union<T extends readonly unknown[]>(
  ...checks: { readonly [K in keyof T]: Check<T[K]> }
): Check<T[number]> {
  return (value, field = 'value', code) => {
    const errors: InvalidInputError[] = [];
    for (const check of checks) {
      try {
        return check(value, field, code);
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        errors.push(error);
      }
    }
    const inner = errors.find((error) => error.field !== field);
    if (inner !== undefined) throw inner;
    const expected = errors.map((error) => error.expected).join(', or ');
    const hidden = errors.some((error) => error.received === undefined);
    throw new InvalidInputError(
      { field, expected, received: hidden ? undefined : outline(value) },
      code,
    );
  };
}

/** Turns a parser that throws `InvalidInputError` under its own field name into a check. */
export function parsedBy<T>(parse: (value: unknown) => T): Check<T> {
  return (value, field, code) => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof InvalidInputError) || field === undefined) throw error;
      throw error.with({ field }, code);
    }
  };
}

/** Accepts what `check` accepts, but no message shows the value: people put secrets into it. */
export function hidden<T>(check: Check<T>): Check<T> {
  return (value, field, code) => {
    try {
      return check(value, field, code);
    } catch (error) {
      throw error instanceof InvalidInputError ? error.with({ received: undefined }) : error;
    }
  };
}
