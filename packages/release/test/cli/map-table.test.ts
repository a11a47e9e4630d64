import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { mapTable } from '../../src/cli/map-table.ts';
import type { MapVersion, ReleaseMap } from '../../src/map/release-map.ts';

const SHA = 'a'.repeat(40);

function version(name: string, pointers: readonly string[] = []): MapVersion {
  return { coordinate: `oci:host/sdk:${name}`, version: name, state: 'published', pointers };
}

function lastLine(versions: readonly MapVersion[], listed?: number): string | undefined {
  const artifact = { publisher: 'oci:host/sdk', ecosystem: 'oci', name: 'host/sdk' } as const;
  const map: ReleaseMap = {
    schema: 'ameide-release/map/1',
    status: 'converged',
    exitCode: 0,
    head: SHA,
    artifacts: [
      {
        ...artifact,
        registry: 'https://host',
        pointers: [],
        ...(listed === undefined ? {} : { listed }),
      },
    ],
    rows: [
      {
        sha: SHA,
        channel: 'release',
        tags: ['v0.1.0'],
        cells: [{ publisher: artifact.publisher, versions }],
      },
    ],
    problems: [],
    notes: [],
  };
  return stripVTControlCharacters(mapTable(map)).split('\n').at(-1);
}

test("the tag of a commit is shown beside a release's only if a name names it", () => {
  expect(lastLine([version('0.1.0', ['latest']), version(SHA)], 2)).toBe(
    'aaaaaaaaaaaa  v0.1.0  0.1.0 (latest)',
  );
  expect(lastLine([version('0.1.0', ['latest']), version(SHA, ['dev'])], 2)).toBe(
    'aaaaaaaaaaaa  v0.1.0  0.1.0 (latest), aaaaaaaaaaaa… (dev)',
  );
  expect(lastLine([version(SHA)], 1)).toBe('aaaaaaaaaaaa  v0.1.0  aaaaaaaaaaaa…');
});

test('an empty cell of a registry that gave no list is not known', () => {
  expect(lastLine([])).toBe('aaaaaaaaaaaa  v0.1.0  ?');
  expect(lastLine([], 0)).toBe('aaaaaaaaaaaa  v0.1.0');
});
