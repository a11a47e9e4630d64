import type { MapArtifact, ReleaseMap } from '../../release-map.ts';

/**
 * The data in the page: a map's commits and artifacts. Most addresses and coordinates of an artifact
 * differ in the version alone, so the page has each such text once, with places for the version
 * and the digest.
 */
export interface PackedMap {
  readonly artifacts: readonly MapArtifact[];
  readonly texts: readonly string[];
  readonly rows: readonly PackedRow[];
}

export type PackedRow = Omit<ReleaseMap['rows'][number], 'cells'> & {
  readonly cells: readonly PackedCell[];
};

/** In the order of `artifacts`; `0`: nothing at all. */
export type PackedCell = 0 | readonly [versions: readonly PackedVersion[], current?: string];

/** An empty text or `-1` for what a version lacks; lacks at the end are left out. */
export type PackedVersion = readonly [
  version: string,
  state: 'published' | 'partial' | 'unknown',
  coordinate: number,
  digest?: string,
  url?: number,
  pointers?: readonly string[],
  resolved?: string,
  deprecated?: readonly [string],
];

/** Where the version and the digest are. No text of a map has these: it has no control characters. */
export const PLACE_OF_VERSION = '\x01';
export const PLACE_OF_DIGEST = '\x02';
