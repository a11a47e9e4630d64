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
   * Adds an entry of mode 0755 for each folder above an entry. Images need them, because Docker
   * Engine creates a folder without an entry with mode 0600.
   */
  readonly folders?: boolean;
  /**
   * False also packs names that only Linux can hold, or hold side by side. The default, true,
   * refuses them, because the archive would not unpack on Windows or macOS.
   */
  readonly portable?: boolean;
}

/**
 * Writes a tar archive in pieces: ustar, with pax headers where needed, sorted by the bytes of the
 * paths, so the same entries give the same bytes on every machine. Owner 0:0 without names, modes
 * 0644 and 0755.
 * Each piece is valid only until the next one, because its memory is reused. Throws
 * `InvalidInputError` before the first piece for unsafe or colliding paths and bad link targets,
 * and an `Error` if content has another size than announced.
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

/** Like `tarPieces`, but returns everything in memory. */
export function packTar(entries: readonly TarEntry[], options?: TarOptions): Promise<Uint8Array> {
  return joinPieces(tarPieces(entries, options));
}

/** Tar marks a folder by a slash at the end. */
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

/** Returns the files by path. A hard link must come after its file, or unpacking fails. */
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
  const expected = 'a link target that is not empty, valid Unicode and without NUL';
  throw new InvalidInputError({ field: 'symlink', received: target, expected });
}
