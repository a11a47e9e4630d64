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

/** A check for each key of `T`: `optional(…)` or `secret(…)` for what may be left out. */
export type Checks<T> = {
  readonly [K in keyof T]-?: {} extends Pick<T, K> ? Optional<Required<T>[K]> : Check<T[K]>;
};

type Given = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Parse<unknown> | { readonly optional: Parse<unknown> }>>;

/** How the outermost object is called in messages, and the code of every mistake in it. */
export interface Call {
  /** Default `options`. */
  readonly name?: string;
  /** Default `invalid-input`. */
  readonly code?: string;
}

/**
 * Checks an object of options and returns a copy that holds what its checks returned. A key that
 * was left out is not in the copy. Throws `InvalidInputError` for the first mistake: an unknown key,
 * a required one that is missing, then the keys in their order here.
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
