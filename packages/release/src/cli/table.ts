import { stripVTControlCharacters } from 'node:util';
import type { Ecosystem } from '@ameide/versioning-core';
import colors from 'picocolors';

/**
 * Formats rows under a heading, each column as wide as its widest cell, except the last. Omits a
 * column that has no text in it.
 */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = (cell: string): number => stripVTControlCharacters(cell).length;
  const columns = heading.flatMap((title, column) => {
    const widest = Math.max(...rows.map((row) => width(row[column] ?? '')));
    return widest === 0 ? [] : [{ column, width: Math.max(width(title), widest) }];
  });
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ column, width: wide }) => ({ cell: cells[column] ?? '', wide }))
      .map(({ cell, wide }, place) =>
        place === columns.length - 1 ? cell : cell + ' '.repeat(wide - width(cell)),
      )
      .join('  ')
      .trimEnd();
  return [colors.dim(line(heading)), ...rows.map(line)].join('\n');
}

interface Named {
  readonly ecosystem: Ecosystem;
  readonly coordinate: string;
  readonly resolved?: string;
}

/**
 * Splits a coordinate into name and version. The version is the one that clients resolve, with
 * short commit ids, because the heading shows them in full.
 */
export function nameAndVersion(named: Named): [name: string, version: string] {
  const [name, version] = nameAndWholeVersion(named);
  return [name, short(version)];
}

/** The same, with commit ids in full. */
export function nameAndWholeVersion({
  ecosystem,
  coordinate,
  resolved,
}: Named): [name: string, version: string] {
  const separator =
    ecosystem === 'pypi' ? '==' : ecosystem === 'oci' && !coordinate.includes('@') ? ':' : '@';
  // A tag of git may have an "@", as the scope of an npm package may.
  const cut = ecosystem === 'github' ? coordinate.indexOf('@') : coordinate.lastIndexOf(separator);
  return [coordinate.slice(0, cut), resolved ?? coordinate.slice(cut + separator.length)];
}

/** Returns the registry of a package that the release publishes to several; else nothing. */
export function registryIfSeveral(named: {
  readonly publisher: string;
  readonly registry: string;
}): string {
  return named.publisher.includes('#') ? named.registry : '';
}

/** Shortens the commit ids and digests in a text. */
export function short(version: string): string {
  return version.replace(
    /[0-9a-f]{40,}|(?<=^sha512-)[A-Za-z0-9+/=]{86,}/,
    (id) => `${id.slice(0, 12)}\u2026`,
  );
}

/** Returns the first twelve characters of a SHA, as many as Go's pseudo-versions contain. */
export function shortSha(sha: string | undefined): string {
  return sha?.slice(0, 12) ?? '';
}

/** `1.2 KiB` */
export function readableSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

/** `2025-11-13 15:32:11 UTC` */
export function readableTime(datetime: string): string {
  return datetime.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6 UTC');
}
