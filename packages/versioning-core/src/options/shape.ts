import { InvalidInputError } from '../errors.ts';
import {
  type Check,
  checkPart,
  isPlain,
  type Optional,
  outline,
  type Parse,
  partOf,
  REQUIRED,
} from './check.ts';
import { unknownOption } from './known-names.ts';

/** One check for each key of `T`: `optional(…)` or `secret(…)` for a key that may be omitted. */
export type Checks<T> = {
  readonly [K in keyof T]-?: {} extends Pick<T, K> ? Optional<Required<T>[K]> : Check<T[K]>;
};

type Given = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Parse<unknown> | { readonly optional: Parse<unknown> }>>;

/** How messages name the outermost object, and the code of every error about it. */
export interface Call {
  /** Default `options`. */
  readonly name?: string;
  /** Default `invalid-input`. */
  readonly code?: string;
}

/**
 * Checks an object of options and returns a copy with the values that the checks returned. The copy
 * has no key that the user omitted. Throws `InvalidInputError` for the first mistake: an unknown
 * key, a missing required key, then the keys in the order of `checks`.
 */
export function shape<T extends object>(checks: Checks<T>, call: Call = {}): Check<T> {
  return (value, field = '', code = call.code) => {
    const name = field === '' ? (call.name ?? 'options') : field;
    const check = (whole: unknown): T => {
      if (!isPlain(whole)) throw notPlain(whole, checks, name, code);
      return checkFields(whole, checks, field, code) as T;
    };
    return checkPart(check, () => value, name, code, {});
  };
}

export function optional<T>(check: Check<T>): Optional<T> {
  return { optional: check };
}

function checkFields(whole: Given, checks: Fields, field: string, code?: string): object {
  const names = Object.keys(checks);
  const other = Object.keys(whole).find((key) => !names.includes(key));
  if (other !== undefined) throw unknownOption(other, names, partOf(field, other), code);
  const entries = Object.entries(checks).flatMap(([key, check]) => {
    const [place, read] = [partOf(field, key), () => whole[key]];
    const isOptional = 'optional' in check;
    if (Object.hasOwn(whole, key))
      return [[key, checkPart(isOptional ? check.optional : check, read, place, code)]];
    return isOptional ? [] : [[key, checkPart(check, () => undefined, place, code, REQUIRED)]];
  });
  return Object.fromEntries(entries);
}

function notPlain(value: unknown, checks: Fields, field: string, code?: string): InvalidInputError {
  const keys = Object.entries(checks).map(([key, check]) =>
    'optional' in check ? `${key}?` : key,
  );
  const isInstance = typeof value === 'object' && value !== null && !Array.isArray(value);
  return new InvalidInputError(
    {
      field,
      received: isInstance ? 'an instance of a class' : outline(value),
      expected: `an object { ${keys.join(', ')} }`,
    },
    code,
  );
}
