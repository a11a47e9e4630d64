import type { MapArtifact, ReleaseMap } from '../../release-map.ts';

/**
 * The data in the page: a map's commits and artifacts. Most addresses and coordinates of an artifact
 * differ in the version alone, so the page has each such string once, with placeholders for the version
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

/** A cell, in the order of `artifacts`; `0` is an empty cell. */
export type PackedCell = 0 | readonly [versions: readonly PackedVersion[], current?: string];

/** An empty string or `-1` stands in for an absent member; absent members at the end are left out. */
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

/** Placeholders of the version and the digest. No string of a map has control characters. */
export const PLACE_OF_VERSION = '\x01';
export const PLACE_OF_DIGEST = '\x02';
