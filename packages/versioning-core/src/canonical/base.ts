import { InvalidInputError, received } from '../errors.ts';

/** `MAJOR.MINOR.PATCH` and nothing else: no `v`, leading zeros, prerelease or build metadata. */
export type BaseVersion = string & { readonly __brand: 'BaseVersion' };

const BASE = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

/** Parses a base version. Each number must stay below 2^53, as npm's semver requires. */
export function parseBase(value: unknown, field = 'base'): BaseVersion {
  if (
    typeof value === 'string' &&
    value.length <= 50 &&
    BASE.test(value) &&
    value.split('.').every((n) => Number.isSafeInteger(Number(n)))
  ) {
    return value as BaseVersion;
  }
  throw new InvalidInputError({
    field,
    received: received(value),
    expected: 'MAJOR.MINOR.PATCH with plain numbers, for example 0.1.0',
    hint: 'Leave out the "v", any prerelease and any build metadata: they are derived.',
  });
}

/**
 * Returns a negative number if `a` is lower than `b`, a positive one if it is higher, else zero.
 */
export function compareBase(a: BaseVersion, b: BaseVersion): number {
  const [as, bs] = [a.split('.').map(Number), b.split('.').map(Number)];
  return as.map((n, i) => n - (bs[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
