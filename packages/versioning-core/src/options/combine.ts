import { InvalidInputError } from '../errors.ts';
import { type Check, outline } from './check.ts';
import { custom } from './values.ts';

/** What `check` takes, or null. */
export function nullable<T>(check: Check<T>): Check<T | null> {
  return union(
    check,
    custom<null>((value) => value === null, 'null'),
  );
}

/**
 * What one of the checks takes; the first one that does gives the value. A mistake inside an object
 * or a list that none of them takes is told with its place in it.
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

/** What `parse` returns, for a parser that throws `InvalidInputError` under a field of its own. */
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

/** What `check` takes, and no message shows: a value that people put secrets into. */
export function hidden<T>(check: Check<T>): Check<T> {
  return (value, field, code) => {
    try {
      return check(value, field, code);
    } catch (error) {
      throw error instanceof InvalidInputError ? error.with({ received: undefined }) : error;
    }
  };
}
