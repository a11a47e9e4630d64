import { InvalidInputError, received } from '../errors.ts';
import { type Check, outline } from './check.ts';
import { didYouMean } from './known-names.ts';

/** Accepts a value if `fits` returns true; if `fits` throws, the value is refused. */
export function custom<T>(fits: (value: unknown) => boolean, expected: string): Check<T> {
  return (value, field = 'value', code) => {
    if (isFit(fits, value)) return value as T;
    throw new InvalidInputError({ field, received: received(value), expected }, code);
  };
}

function isFit(fits: (value: unknown) => boolean, value: unknown): boolean {
  try {
    return fits(value);
  } catch {
    return false;
  }
}

/** Accepts a string that matches `pattern`; without a pattern, also the empty string. */
export function string(expected: string, pattern: RegExp = /^/): Check<string> {
  return custom((value) => typeof value === 'string' && pattern.test(value), expected);
}

export const boolean: Check<boolean> = custom(
  (value) => typeof value === 'boolean',
  'true or false',
);

export function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  const rest = values.slice(0, -1).join(', ');
  const expected = `${rest === '' ? '' : `${rest} or `}${values.at(-1)}`;
  const check = custom<T>((value) => values.some((one) => one === value), expected);
  return (value, field, code) => {
    try {
      return check(value, field, code);
    } catch (error) {
      if (!(error instanceof InvalidInputError) || typeof value !== 'string') throw error;
      throw error.with({ hint: didYouMean(value, values) });
    }
  };
}

/** Accepts a whole number from `min` to `max`, both included. */
export function integer(min: number, max: number): Check<number> {
  const fits = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return custom(fits, `a whole number from ${min} to ${max}`);
}

export const milliseconds: Check<number> = custom(
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  'milliseconds, a whole number of 0 or more',
);

/** Accepts a function; does not call it. */
export function func<T>(expected = 'a function'): Check<T> {
  return (value, field = 'value', code) => {
    if (typeof value === 'function') return value as T;
    throw new InvalidInputError({ field, received: outline(value), expected }, code);
  };
}

/**
 * Accepts any object but a list, also a class instance such as a port. Does not check its content.
 */
export function anyObject<T extends object>(expected = 'an object'): Check<T> {
  return (value, field = 'value', code) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
    throw new InvalidInputError({ field, received: outline(value), expected }, code);
  };
}
