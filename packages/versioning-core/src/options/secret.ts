import type { Optional } from './check.ts';
import { hidden } from './combine.ts';
import { custom } from './values.ts';

/**
 * Checks a token: a string, an instance of `type` (the kit's `Secret`), or a function that returns
 * one when called. No message shows it. An explicit `undefined` means "no token" and stays in the
 * result: test `'token' in options` before you fall back to the environment.
 */
export function secret<S extends object>(
  type: abstract new (...args: never[]) => S,
): Optional<string | S | (() => string | S | undefined) | undefined> {
  const fits = (value: unknown): boolean =>
    ['undefined', 'string', 'function'].includes(typeof value) || value instanceof type;
  const expected = `a string, a ${type.name}, or a function that returns one`;
  return { optional: hidden(custom(fits, expected)) };
}
