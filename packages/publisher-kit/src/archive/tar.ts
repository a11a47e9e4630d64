import { InvalidInputError } from '@ameide/versioning-core';
import { ContentReader } from './content.ts';
import type { ArchiveEntry, ArchiveFolder, StreamedEntry, TarEntry } from './entry.ts';
import { assertArchivePath, assertNoCollisions, byBytes } from './path.ts';
import { joinPieces } from './pieces.ts';
import { LATEST_TIME, TAR_BLOCK, type TarHeader, tarHeader, tarPadding } from './tar-header.ts';

export interface TarOptions {
  /** Unix seconds, for every entry. Default 0. */
  readonly mtime?: number;
  /**
   * With an entry of mode 0755 for each folder on the way to an entry. An image needs them: Docker
   * Engine makes a folder that is not named with mode 0600.
   */
  readonly folders?: boolean;
  /**
   * False: names that Linux alone can hold, or hold beside each other, are packed too. Default true:
   * they are refused, because the archive would not unpack on Windows or macOS.
   */
  readonly portable?: boolean;
}

/**
 * A tar archive (ustar, with pax headers where needed) in pieces, its entries sorted by the bytes of
 * their paths: the same entries give the same bytes on every machine. Owner 0:0 without names, modes
 * 0644 and 0755.
 *
 * A piece is valid until the next one is asked for: its memory is used again. Throws
 * `InvalidInputError` before the first piece for unsafe or colliding paths and bad link targets, and
 * an `Error` for content that has another size than was said.
 */
export async function* tarPieces(
  entries: readonly TarEntry[],
  options: TarOptions = {},
): AsyncGenerator<Uint8Array> {
  const { mtime = 0, folders = false, portable = true } = options;
  assertTime(mtime);
  for (const { path } of entries) assertArchivePath(path, portable);
  assertNoCollisions(entries.map(nameOf), portable);
  const sorted = (folders ? withFolders(entries) : entries).toSorted((a, b) =>
    byBytes(nameOf(a), nameOf(b)),
  );
  const files = assertLinks(sorted);

  const reader = new ContentReader();
  for (const entry of sorted) {
    const header = headerOf(entry, mtime, files);
    if (!('content' in entry)) yield tarHeader(header);
    else {
      let size = 0;
      yield* reader.read(entry, (bytes) => {
        size = bytes;
        return tarHeader({ ...header, size });
      });
      yield tarPadding(size);
    }
  }
  yield new Uint8Array(TAR_BLOCK * 2);
}

/** `tarPieces` as a whole, in memory. */
export function packTar(entries: readonly TarEntry[], options?: TarOptions): Promise<Uint8Array> {
  return joinPieces(tarPieces(entries, options));
}

/** Tar's way to tell a folder is a slash at the end. */
function nameOf(entry: TarEntry): string {
  return 'folder' in entry ? `${entry.path}/` : entry.path;
}

function withFolders(entries: readonly TarEntry[]): readonly TarEntry[] {
  const given = new Set(entries.map(nameOf));
  const made = new Map<string, ArchiveFolder>();
  for (const { path } of entries) {
    for (const { index } of path.matchAll(/\//g)) {
      const folder = path.slice(0, index);
      if (!given.has(`${folder}/`)) made.set(folder, { path: folder, folder: true });
    }
  }
  return [...entries, ...made.values()];
}

type FileEntry = ArchiveEntry | StreamedEntry;

function headerOf(
  entry: TarEntry,
  mtime: number,
  files: ReadonlyMap<string, FileEntry>,
): TarHeader {
  const common = { path: nameOf(entry), size: 0, mtime, target: '' };
  if ('folder' in entry) return { ...common, type: 'folder', mode: 0o755 };
  if ('symlink' in entry) return { ...common, type: 'symlink', mode: 0o777, target: entry.symlink };
  const isLink = 'hardLink' in entry;
  const file = isLink ? files.get(entry.hardLink) : entry;
  const mode = file?.executable === true ? 0o755 : 0o644;
  return isLink
    ? { ...common, type: 'hardLink', mode, target: entry.hardLink }
    : { ...common, type: 'file', mode };
}

function assertTime(mtime: number): void {
  if (Number.isInteger(mtime) && mtime >= 0 && mtime <= LATEST_TIME) return;
  throw new InvalidInputError({
    field: 'mtime',
    received: String(mtime),
    expected: `Unix seconds, a whole number from 0 to ${LATEST_TIME}`,
  });
}

/** Gives the files by their paths. A hard link's file has to be there when the link is unpacked. */
function assertLinks(sorted: readonly TarEntry[]): ReadonlyMap<string, FileEntry> {
  const files = new Map<string, FileEntry>();
  for (const entry of sorted) {
    if ('content' in entry) files.set(entry.path, entry);
    else if ('symlink' in entry) assertTarget(entry.symlink);
    else if ('hardLink' in entry && !files.has(entry.hardLink)) {
      throw new InvalidInputError({
        field: 'hardLink',
        received: entry.hardLink,
        expected: `a file of the archive whose path sorts before ${entry.path}`,
      });
    }
  }
  return files;
}

function assertTarget(target: string): void {
  if (target !== '' && !target.includes('\0') && target.isWellFormed()) return;
  const expected = 'what a link can say: not empty, Unicode, without NUL';
  throw new InvalidInputError({ field: 'symlink', received: target, expected });
}
