import { expectTypeOf, test } from 'vitest';
import {
  type BaseVersion,
  type Canonical,
  type CommitSha,
  canonical,
  type DateTime,
  type DeriveVersions,
  deriveVersions,
  parseBase,
  parseDateTime,
  parseSha,
} from '../src/index.ts';

// Checked by `tsc -b`, which compiles the tests: at run time this file only shows that it loads.
test('a plain string is no base, commit id or time, and none of them is another', () => {
  expectTypeOf<string>().not.toExtend<BaseVersion>();
  expectTypeOf<string>().not.toExtend<CommitSha>();
  expectTypeOf<string>().not.toExtend<DateTime>();
  expectTypeOf<'0.1.0'>().not.toExtend<BaseVersion>();
  expectTypeOf<BaseVersion>().not.toExtend<CommitSha>();
  expectTypeOf<CommitSha>().not.toExtend<DateTime>();
  expectTypeOf<DateTime>().not.toExtend<BaseVersion>();
});

test('they are made by their parsers alone, and read as strings', () => {
  expectTypeOf(parseBase).returns.toEqualTypeOf<BaseVersion>();
  expectTypeOf(parseSha).returns.toEqualTypeOf<CommitSha>();
  expectTypeOf(parseDateTime).returns.toEqualTypeOf<DateTime>();
  expectTypeOf<BaseVersion>().toExtend<string>();
});

test('a tuple cannot be written by hand or changed', () => {
  expectTypeOf<{
    base: string;
    sha: string;
    shortSha: string;
    datetime: string;
    date: string;
  }>().not.toExtend<Canonical>();
  expectTypeOf(canonical).returns.toEqualTypeOf<Canonical>();
  expectTypeOf<Canonical>().toEqualTypeOf<Readonly<Canonical>>();
  expectTypeOf(deriveVersions).toEqualTypeOf<DeriveVersions>();
});
