import {
  type AncestorTag,
  type Channel,
  canonical,
  deriveVersions,
  InvalidInputError,
  type Lineage,
  parseSha,
  type SourceTree,
} from '@ameide/versioning-core';
import type { GoModule } from '@ameide/versioning-core/go';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { baseFromTags, readLineage } from '../../src/commit/lineage.ts';
import { otherForm } from '../../src/commit/tag-form.ts';

const HERE = parseSha('1'.repeat(40));
const BEFORE = parseSha('2'.repeat(40));

const TAGS = `v0.0.9 v0.1.0-rc.1 v0.1.0 v0.2.0-rc.2 v0.2.0 v1.0.0 v2.0.0 v2.1.0
  v0.2.0+meta v2.0.0+incompatible v0.1.1-0.20200101000000-0123456789ab v9 nightly
  0.1.0 0.2.0 1.0.0 sdk/v0.1.0 sdk/v0.2.0 sdk/v2.0.0 sdk/0.3.0`.split(/\s+/);
const BASES = ['0.0.1', '0.1.0', '0.1.5', '0.2.0', '1.0.0', '2.0.0', '3.0.0'];
const PREFIXES = [undefined, '', 'sdk/v'];
const MODULES: readonly (GoModule | undefined)[] = [
  {},
  { modulePath: 'example.com/sdk' },
  { modulePath: 'example.com/sdk/v2' },
  { modulePath: 'example.com/x/sdk', directory: 'sdk' },
  { modulePath: 'example.com/sdk', retracted: [{ low: 'v0.1.0', high: 'v0.2.0' }] },
  undefined,
];

/** A repository of which only the tags are known: those on the commit, before it, and elsewhere. */
function tagged(all: readonly AncestorTag[], merged: readonly AncestorTag[]): SourceTree {
  const asked: string[] = [];
  const source: Pick<SourceTree, 'sha' | 'tags' | 'ancestorTags'> & { asked: string[] } = {
    sha: HERE,
    asked,
    tags: async () => all,
    async ancestorTags(among) {
      if (among === undefined) throw new Error('asked for all');
      asked.push(...among);
      return merged.filter(({ tag }) => among.includes(tag));
    },
  };
  return source as unknown as SourceTree;
}

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return [error.code, error.message];
  }
}

const WORLD = fc.record({
  /** For each tag whether there is none, or it is on the commit, on an ancestor or elsewhere. */
  places: fc.array(fc.constantFrom('none', 'none', 'here', 'before', 'before', 'elsewhere'), {
    minLength: TAGS.length,
    maxLength: TAGS.length,
  }),
  tagPrefix: fc.constantFrom(...PREFIXES),
  go: fc.constantFrom(...MODULES),
  base: fc.constantFrom(...BASES, 'tags'),
  kind: fc.constantFrom('dev', 'dev', 'release'),
});

test('the tags that are read give the same versions as all tags', async () => {
  await fc.assert(
    fc.asyncProperty(WORLD, async ({ base, go, kind, places, tagPrefix }) => {
      const all = TAGS.flatMap((tag, n) =>
        places[n] === 'none' ? [] : [{ tag, sha: places[n] === 'here' ? HERE : BEFORE }],
      );
      const merged = all.filter(({ tag }) => places[TAGS.indexOf(tag)] !== 'elsewhere');
      const source = tagged(all, merged);
      const tuple = canonical({
        base: base === 'tags' ? await baseFromTags(source, tagPrefix) : base,
        sha: HERE,
        datetime: 1_763_000_000,
      });
      const channel: Channel =
        kind === 'dev' ? { kind: 'dev' } : { kind: 'release', base: tuple.base };
      const full: Lineage = {
        tags: merged.map(({ tag }) => tag),
        tagsAtCommit: all.filter(({ sha }) => sha === HERE).map(({ tag }) => tag),
        ...(tagPrefix === undefined ? {} : { tagPrefix }),
      };
      const read = await readLineage(source, { base: tuple.base, tagPrefix, go });
      for (const afterRelease of ['next-patch', 'error'] as const) {
        const derive = (lineage: Lineage): unknown =>
          outcome(() => deriveVersions(tuple, channel, lineage, { afterRelease, go: go ?? {} }));
        const without = (versions: unknown): unknown =>
          go === undefined && !Array.isArray(versions)
            ? { ...(versions as object), go: 0 }
            : versions;
        expect(without(derive(read))).toEqual(without(derive(full)));
      }
      expect(otherForm(tuple.base, read)).toBe(otherForm(tuple.base, full));
    }),
    { numRuns: 3000, seed: 7 },
  );
});

test('a base from tags is the highest version that a tag before the commit releases or prepares', async () => {
  const at = (tag: string, sha = BEFORE): AncestorTag => ({ tag, sha });
  const [old, candidate, here, elsewhere] = [
    at('v0.1.0'),
    at('v0.2.0-rc.1'),
    at('v0.3.0', HERE),
    at('v9.0.0'),
  ];
  const all = [old, candidate, here, elsewhere];
  expect(await baseFromTags(tagged(all, [old, candidate, here]), undefined)).toBe('0.2.0');
  expect(await baseFromTags(tagged(all, [old, here]), undefined)).toBe('0.1.0');
  expect(await baseFromTags(tagged(all, [here]), undefined)).toBe('0.0.0');
  expect(await baseFromTags(tagged([at('sdk/v1.2.0')], [at('sdk/v1.2.0')]), 'sdk/v')).toBe('1.2.0');
});

test('of thousands of tags, git is asked about a few: those from the base on, and the highest', async () => {
  const tags = Array.from(
    { length: 2000 },
    (_, n): AncestorTag => ({
      tag: `v${Math.floor(n / 100)}.${n % 100}.0`,
      sha: BEFORE,
    }),
  );
  const source = tagged(tags, tags) as SourceTree & { readonly asked: readonly string[] };
  const lineage = await readLineage(source, {
    base: canonical({ base: '19.98.0', sha: HERE, datetime: 0 }).base,
    tagPrefix: undefined,
    go: { modulePath: 'example.com/sdk/v19' },
  });
  expect(lineage.tags).toEqual(['v19.98.0', 'v19.99.0']);
  expect(source.asked).toEqual(['v19.98.0', 'v19.99.0']);
});
