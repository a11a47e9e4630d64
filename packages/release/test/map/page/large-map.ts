import type { MapCell, MapRow, ReleaseMap } from '../../../src/map/release-map.ts';
import { sampleMap } from './sample-map.ts';

/** The sample's commits again and again, with SHAs of their own: `count` rows, twice its artifacts. */
export function largeMap(count: number): ReleaseMap {
  const sample = sampleMap();
  const rows = Array.from({ length: count }, (_, place): MapRow => {
    const row = sample.rows[place % sample.rows.length] as MapRow;
    const sha = place.toString(16).padStart(8, '0').repeat(5);
    const cells = row.cells.map((cell) => ofPlace(cell, place));
    return { ...row, sha, cells: [...cells, ...cells.map(second)] };
  });
  const artifacts = sample.artifacts.map((artifact) => ({ ...artifact, listed: count }));
  const more = artifacts.map((one) => ({
    ...one,
    publisher: `${one.publisher}-2`,
    name: `${one.name}-2`,
  }));
  return { ...sample, head: rows[0]?.sha ?? '', artifacts: [...artifacts, ...more], rows };
}

function ofPlace(cell: MapCell, place: number): MapCell {
  const versions = cell.versions.map((version) => ({
    ...version,
    coordinate: `${version.coordinate}.${place}`,
    version: `${version.version}.${place}`,
    ...(version.url === undefined
      ? {}
      : { url: version.url.replace(version.version, `${version.version}.${place}`) }),
    ...(version.digest === undefined
      ? {}
      : { digest: `sha256:${place.toString(16).padStart(64, '0')}` }),
  }));
  return { ...cell, versions };
}

function second(cell: MapCell): MapCell {
  const versions = cell.versions.map((version) => ({
    ...version,
    coordinate: version.coordinate.replace('ameide', 'ameide-2'),
  }));
  return { ...cell, publisher: `${cell.publisher}-2`, versions };
}
