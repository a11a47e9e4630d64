import * as fc from 'fast-check';
import { type Canonical, type CanonicalInput, canonical } from '../../src/index.ts';

const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat(12) },
  { weight: 2, arbitrary: fc.nat(100_000) },
  { weight: 1, arbitrary: fc.maxSafeNat() },
);

/** `MAJOR.MINOR.PATCH`, mostly of small numbers. */
export const base: fc.Arbitrary<string> = fc
  .tuple(number, number, number)
  .map((parts) => parts.join('.'));

const hex = (length: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)) },
    // Beginning with digits alone, or shaped like a number with an exponent: what a parser could
    // take for a number.
    { weight: 2, arbitrary: fc.stringMatching(new RegExp(`^[0-9]{8}[0-9a-f]{${length - 8}}$`)) },
    {
      weight: 1,
      arbitrary: fc.stringMatching(new RegExp(`^0[0-9]{4}e[0-9]{2}[0-9a-f]{${length - 8}}$`)),
    },
    { weight: 1, arbitrary: fc.stringMatching(new RegExp(`^[0-9]{${length}}$`)) },
  );

/** 40 hex digits, sometimes 64. */
export const sha: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: hex(40) },
  { weight: 1, arbitrary: hex(64) },
);

/** Unix seconds from 1970 to 9999, mostly of our time. */
export const seconds: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 253_402_300_799 }) },
);

export const input: fc.Arbitrary<CanonicalInput> = fc.record({ base, sha, datetime: seconds });

export const tuple: fc.Arbitrary<Canonical> = input.map((parts) => canonical(parts));

export const candidateNumber: fc.Arbitrary<number> = fc.oneof(fc.nat(20), fc.nat(999_999_999));

/** Enough for the promise of at least 10,000 tuples against each oracle. */
export const TUPLES = 10_000;
