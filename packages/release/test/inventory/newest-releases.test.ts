import { type Coordinate, type ListedVersion, parseSha } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { marksOf } from '../../src/inventory/marks.ts';
import { listedReleases } from '../../src/inventory/newest-releases.ts';
import type { Use } from '../../src/inventory/service.ts';
import { rowsOf } from '../../src/map/rows.ts';
import { entriesOf } from '../../src/run/entries.ts';
import type { ListedRun } from '../../src/run/version-lists.ts';

// What registries have after a first release that started over: another tool's 2.x, which migrate withdrew.

const SHA = parseSha('a'.repeat(40));
const OTHER_SHA = parseSha('b'.repeat(40));
const NPM = { ecosystem: 'npm', name: 'sdk' } as const;
const PYPI = { ecosystem: 'pypi', name: 'sdk' } as const;
const GO = { ecosystem: 'go', name: 'example.com/sdk' } as const;
const TAGS = [{ tag: 'v0.1.0', sha: SHA }];

const LISTS: readonly ListedRun[] = [
  runOf('npm:sdk', NPM, {
    '2.0.0': { deprecated: 'use 0.1.0' },
    '2.1.0': { deprecated: 'use 0.1.0', sha: OTHER_SHA },
    '0.1.0': { sha: SHA },
    '0.0.9': {},
  }),
  runOf('pypi:sdk', PYPI, { '2.3.1': { isWithdrawn: true }, '0.1.0': {} }),
  runOf('go:example.com/sdk', GO, { 'v1.2.1': { isWithdrawn: true }, 'v0.1.0': { sha: SHA } }),
];

function runOf(
  id: string,
  artifact: Omit<Coordinate, 'version'>,
  versions: Readonly<Record<string, Omit<ListedVersion, 'coordinate'>>>,
): ListedRun {
  const listed = Object.entries(versions).map(([version, about]) => ({
    coordinate: { ...artifact, version },
    ...about,
  }));
  const run = { id, plan: { registry: 'https://registry.example' } };
  return { run, list: { versions: listed, pointers: [] }, problems: [] } as unknown as ListedRun;
}

const found = (tags = TAGS, lists = LISTS) => listedReleases(lists, { tags, tagPrefix: undefined });

test('the newest release is the newest of this repository that nobody withdrew', () => {
  const { newest, notes } = found();
  expect([...newest]).toEqual([
    ['npm:sdk', { version: '0.1.0', base: '0.1.0', sha: SHA }],
    ['pypi:sdk', { version: '0.1.0', base: '0.1.0', sha: SHA }],
    ['go:example.com/sdk', { version: 'v0.1.0', base: '0.1.0', sha: SHA }],
  ]);
  expect(notes).toEqual([]);
});

test('a release of this repository that was withdrawn is not the newest, either', () => {
  const tags = [...TAGS, { tag: 'v2.1.0', sha: OTHER_SHA }];
  expect(found(tags).newest.get('npm:sdk')?.version).toBe('0.1.0');
});

test('a higher release without a tag is told, because this clone may only lack the tag', () => {
  const lists = [runOf('npm:sdk', NPM, { '0.2.0': {}, '0.1.0': {}, '0.0.9': {} })];
  const { newest, notes } = found(TAGS, lists);
  expect(newest.get('npm:sdk')?.version).toBe('0.1.0');
  expect(notes).toEqual([
    'npm:sdk has 0.2.0, and this clone has no tag of it, so it is not counted as a release of this repository. If it is one, fetch the tags: git fetch --tags.',
  ]);
  // Without any tag nobody can tell, and nothing may seem current.
  expect(found([], lists).newest.get('npm:sdk')?.version).toBe('0.2.0');
});

test.each([
  [NPM, '0.1.0', []],
  [NPM, '0.0.9', ['behind']],
  [NPM, '2.1.0', ['withdrawn']],
  [PYPI, '2.3.1', ['withdrawn']],
  [GO, 'v1.2.1', ['withdrawn']],
] as const)('a service on %o %s is marked %j', async (artifact, version, marks) => {
  const at = { path: 'services/a/package.json', line: 1, isDirect: true };
  const use: Use = { kind: 'registry', ...artifact, version, ...at };
  const history = { relation: () => Promise.reject(new Error('not asked for')) };
  const shown = await marksOf(use, { state: 'known', sha: SHA, notes: [], problems: [] }, found(), {
    history,
    released: new Map([[SHA, new Set(['release' as const])]]),
  });
  expect(shown).toEqual(marks);
});

test('map counts what this repository released, and shows only that beside a release', async () => {
  const unknown = { commitTime: async () => 1, subject: async () => 'a commit' };
  const facts = { repository: unknown, tags: TAGS, tagPrefix: undefined };
  const entries = await entriesOf(LISTS, facts);
  const read = entries.map((one) => ({ ...one, state: 'published' as const, problems: [] }));
  const lists = [...LISTS, runOf('npm:other', { ...NPM, name: 'other' }, { '0.0.9': {} })];
  const rows = await rowsOf(read, { ...facts, lists, repositoryUrl: undefined });
  expect(
    rows
      .filter(({ channel }) => channel === 'release')
      .map(({ cells, sha }) => [sha, cells.at(-1)]),
  ).toEqual([
    [SHA, { publisher: 'npm:other', versions: [] }],
    [undefined, { publisher: 'npm:other', versions: [] }],
  ]);
  expect(rows.flatMap(({ cells }) => cells.flatMap(({ current }) => current ?? []))).toEqual([
    '0.1.0',
    '0.1.0',
    'v0.1.0',
  ]);
});
