import { InvalidInputError } from '../errors.ts';
import { type Check, checkPart, isPlain, outline, partOf } from './check.ts';
import { hidden } from './combine.ts';
import { custom, string } from './values.ts';

/** Checks a list of at least `atLeast` items. `expected` describes the list. */
export function listOf<T>(item: Check<T>, expected: string, atLeast = 0): Check<readonly T[]> {
  return (value, field = 'value', code) => {
    if (!Array.isArray(value) || value.length < atLeast)
      throw new InvalidInputError({ field, received: outline(value), expected }, code);
    return items(value).map((read, index) => checkPart(item, read, partOf(field, index), code));
  };
}

/** Includes the holes of a sparse list, which `map` would skip. */
function items(list: readonly unknown[]): (() => unknown)[] {
  return Array.from({ length: list.length }, (_, index) => () => list[index]);
}

const name: Check<string> = string('a name for every value', /./s);

/**
 * Checks an object whose keys the user chooses and whose values are of one kind. Keeps the keys
 * unchanged.
 */
export function recordOf<T>(
  value: Check<T>,
  expected: string,
  key: Check<string> = name,
): Check<Readonly<Record<string, T>>> {
  return (whole, field = 'value', code) => {
    if (!isPlain(whole))
      throw new InvalidInputError({ field, received: outline(whole), expected }, code);
    const entries = Object.keys(whole).map((written) => {
      const place = partOf(field, written);
      checkPart(key, () => written, place, code);
      return [written, checkPart(value, () => whole[written], place, code)] as const;
    });
    return Object.fromEntries(entries);
  };
}

/** A program and its arguments; never a shell line. */
export type Argv = readonly [string, ...string[]];

const PROGRAM = string('the name of a program', /^[^\0]+$/);
// Arguments may be tokens.
const ARGUMENT = hidden(
  custom<string>(
    (word) => typeof word === 'string' && !word.includes('\0'),
    'a string without NUL characters',
  ),
);

/** If the user passed a shell line instead of a list, the message shows only its program. */
export const argv: Check<Argv> = (value, field = 'value', code) => {
  if (!Array.isArray(value) || value.length === 0) throw noList(value, field, code);
  const [program, ...words] = items(value).map((read, index) =>
    checkPart(index === 0 ? PROGRAM : ARGUMENT, read, partOf(field, index), code),
  );
  return [program ?? '', ...words];
};

function noList(value: unknown, field: string, code?: string): InvalidInputError {
  const shellLine = typeof value === 'string';
  const program = shellLine ? /^\s*([\w./@-]{1,40})\s/.exec(value)?.[1] : undefined;
  return new InvalidInputError(
    {
      field,
      received: program === undefined ? outline(value) : `${program} ...`,
      expected: "a program and its arguments as a list, for example ['pnpm', 'run', 'build']",
      hint: shellLine ? 'No shell splits it into words: write each word as a string.' : undefined,
    },
    code,
  );
}
