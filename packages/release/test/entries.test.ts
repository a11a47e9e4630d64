import { expect, test } from 'vitest';
import { entriesOf, newest } from '../src/run/entries.ts';
import type { ListedRun } from '../src/run/version-lists.ts';

const PACKAGE = { ecosystem: 'npm', name: 'sdk' } as const;

/** Chooses of the versions of a package that a clone without tags, and without their commits, knows. */
async function chosen(versions: readonly string[], limit: number): Promise<readonly string[]> {
  const listed = versions.map((version) => ({ coordinate: { ...PACKAGE, version } }));
  const list = { run: {}, list: { versions: listed, pointers: [] }, problems: [] };
  const unknown = { commitTime: () => Promise.reject(new Error('not asked for')) };
  const entries = await entriesOf([list as unknown as ListedRun], {
    repository: unknown,
    tags: [],
    tagPrefix: undefined,
  });
  return newest(entries, limit).map((one) => one.listed.coordinate.version);
}

test('the limit holds for versions that nobody knows the time of', async () => {
  expect(await chosen(['0.1.0', '0.10.0', '0.2.0', '0.9.0'], 2)).toEqual(['0.10.0', '0.9.0']);
});

test('what has a time comes before what has none', async () => {
  const dated = ['0.3.0-dev.20251113153211', '0.3.0-dev.20251114153211'];
  expect(await chosen(['0.1.0', '0.2.0', 'a-canary', ...dated], 1)).toEqual(['0.2.0', dated[1]]);
});
