import type { MapCell, MapRow } from '../../release-map.ts';

/** The search and the filters; an empty list means all. */
export interface Filter {
  readonly query: string;
  readonly channels: readonly string[];
  /** Publishers, as in `MapArtifact`. */
  readonly artifacts: readonly string[];
}

/** A row with the text that the search looks into, in lower case. */
export interface SearchableRow {
  readonly row: MapRow;
  readonly text: string;
}

/** Collects the strings of a row once, so that each key press only compares. */
export function searchable(row: MapRow): SearchableRow {
  const { sha = '', subject = '', datetime = '', tags, channel, cells } = row;
  const own = [sha, subject, datetime, channel, ...tags];
  return { row, text: [...own, ...cells.map(cellText)].join('\n').toLowerCase() };
}

/** What the search looks into in one cell. */
export function cellText({ versions, current = '' }: MapCell): string {
  return versions
    .flatMap(({ coordinate, version, resolved = '', digest = '', pointers, deprecated, state }) => [
      coordinate,
      version,
      resolved,
      digest,
      state,
      ...(deprecated === undefined ? [] : ['deprecated']),
      ...pointers,
    ])
    .concat(current)
    .join('\n');
}

/** The words of a search. A row matches if it has each of them somewhere. */
export function words(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

/**
 * Returns the rows that have every word, are of one of the channels, and have a version (or one
 * that was current) of one of the artifacts.
 */
export function matchingRows(
  rows: readonly SearchableRow[],
  { query, channels, artifacts }: Filter,
): readonly MapRow[] {
  const wanted = words(query);
  return rows
    .filter(
      ({ row, text }) =>
        (channels.length === 0 || channels.includes(row.channel)) &&
        (artifacts.length === 0 || hasArtifact(row, artifacts)) &&
        wanted.every((word) => text.includes(word)),
    )
    .map(({ row }) => row);
}

function hasArtifact({ cells }: MapRow, artifacts: readonly string[]): boolean {
  return cells.some(
    ({ publisher, versions, current }) =>
      artifacts.includes(publisher) && (versions.length > 0 || current !== undefined),
  );
}
