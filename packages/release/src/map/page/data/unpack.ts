import type { MapCell, MapRow, MapVersion } from '../../release-map.ts';
import {
  type PackedCell,
  type PackedMap,
  type PackedRow,
  type PackedVersion,
  PLACE_OF_DIGEST,
  PLACE_OF_VERSION,
} from './packed.ts';

/** Returns the rows as they were before `pack`. */
export function unpack({ artifacts, texts, rows }: PackedMap): MapRow[] {
  return rows.map(({ cells, ...row }: PackedRow) => ({
    ...row,
    cells: cells.map((cell, place) => unpackCell(cell, artifacts[place]?.publisher ?? '', texts)),
  }));
}

function unpackCell(cell: PackedCell, publisher: string, texts: readonly string[]): MapCell {
  if (cell === 0) return { publisher, versions: [] };
  const [versions, current] = cell;
  return {
    publisher,
    versions: versions.map((version) => unpackVersion(version, texts)),
    ...(current === undefined ? {} : { current }),
  };
}

function unpackVersion(packed: PackedVersion, texts: readonly string[]): MapVersion {
  const [version, state, coordinate, digest = '', url = -1, pointers = [], resolved = '', rest] =
    packed;
  const [deprecated] = rest ?? [];
  const full = (place: number): string =>
    (texts[place] ?? '')
      .replaceAll(PLACE_OF_DIGEST, () => digest)
      .replaceAll(PLACE_OF_VERSION, () => version);
  return {
    coordinate: full(coordinate),
    version,
    ...(resolved === '' ? {} : { resolved }),
    state,
    ...(digest === '' ? {} : { digest }),
    pointers,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(url === -1 ? {} : { url: full(url) }),
  };
}
