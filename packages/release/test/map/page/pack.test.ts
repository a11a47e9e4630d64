import { describe, expect, test } from 'vitest';
import { pack } from '../../../src/map/page/data/pack.ts';
import { unpack } from '../../../src/map/page/data/unpack.ts';
import type { MapVersion } from '../../../src/map/release-map.ts';
import { largeMap } from './large-map.ts';
import { sampleMap } from './sample-map.ts';

function roundTrip(version: MapVersion): unknown {
  const [artifact] = sampleMap().artifacts;
  const { publisher } = artifact as { publisher: string };
  const rows = [{ channel: 'dev', tags: [], cells: [{ publisher, versions: [version] }] }] as const;
  const json = JSON.stringify(pack({ artifacts: [artifact as never], rows }));
  return unpack(JSON.parse(json))[0]?.cells[0]?.versions[0];
}

const least: MapVersion = {
  coordinate: 'npm:a@1.0.0',
  version: '1.0.0',
  state: 'published',
  pointers: [],
};

describe('the data in the page', () => {
  test('is the map, packed and unpacked', () => {
    const map = sampleMap();
    expect(unpack(JSON.parse(JSON.stringify(pack(map))))).toEqual(map.rows);
  });

  test.each<Partial<MapVersion>>([
    {},
    { state: 'partial' },
    { pointers: ['latest', '0.1'] },
    { resolved: '1.0.0+1' },
    { digest: 'sha256:1' },
    { deprecated: '' },
    { deprecated: 'use 2.0.0', url: 'https://example.com/1.0.0' },
    { digest: '0', coordinate: 'oci:a@0', version: '0' },
    { digest: '$&', version: '$1', coordinate: 'npm:a@$1', url: 'https://example.com/$&/$1' },
    { version: '', coordinate: 'npm:a@' },
  ])('has a version with %j as it was', (more) => {
    expect(roundTrip({ ...least, ...more })).toEqual({ ...least, ...more });
  });

  test('names an address once for all versions of an artifact', () => {
    expect(pack(largeMap(500)).texts.length).toBeLessThan(40);
  });
});
