import type { MapCell, MapVersion, ReleaseMap } from '../../release-map.ts';
import {
  type PackedCell,
  type PackedMap,
  type PackedVersion,
  PLACE_OF_DIGEST,
  PLACE_OF_VERSION,
} from './packed.ts';

/** Packs a map whose strings have no control characters. `unpack` is the inverse. */
export function pack({ artifacts, rows }: Pick<ReleaseMap, 'artifacts' | 'rows'>): PackedMap {
  const texts = new Map<string, number>();
  const packedRows = rows.map(({ cells, ...row }) => ({
    ...row,
    cells: cells.map((cell) => packCell(cell, texts)),
  }));
  return { artifacts, texts: [...texts.keys()], rows: packedRows };
}

function packCell({ versions, current }: MapCell, texts: Map<string, number>): PackedCell {
  if (versions.length === 0 && current === undefined) return 0;
  const packed = versions.map((version) => packVersion(version, texts));
  return current === undefined ? [packed] : [packed, current];
}

function packVersion(shown: MapVersion, texts: Map<string, number>): PackedVersion {
  const { version, state, coordinate, digest, url, pointers, resolved, deprecated } = shown;
  const place = (text: string): number => {
    const shared = withPlaces(text, version, digest);
    if (!texts.has(shared)) texts.set(shared, texts.size);
    return texts.get(shared) as number;
  };
  const optional = [
    digest ?? '',
    url === undefined ? -1 : place(url),
    pointers,
    resolved ?? '',
    deprecated === undefined ? [] : [deprecated],
  ];
  while (optional.length > 0 && isLack(optional.at(-1))) optional.pop();
  return [version, state, place(coordinate), ...optional] as unknown as PackedVersion;
}

function isLack(value: unknown): boolean {
  return value === '' || value === -1 || (Array.isArray(value) && value.length === 0);
}

function withPlaces(text: string, version: string, digest: string | undefined): string {
  const shared = digest === undefined ? text : replaced(text, digest, PLACE_OF_DIGEST);
  return replaced(shared, version, PLACE_OF_VERSION);
}

function replaced(text: string, part: string, place: string): string {
  return part === '' ? text : text.replaceAll(part, place);
}
