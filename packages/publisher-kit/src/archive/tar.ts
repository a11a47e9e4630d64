import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InvalidInputError } from '@ameide/versioning-core';
import type {
  ArchiveEntry,
  ArchiveLink,
  ContentStream,
  FileOnDisk,
  StreamedEntry,
  TarEntry,
} from './entry.ts';
import { assertArchivePath, assertNoCollisions, byBytes } from './path.ts';
import { joinPieces } from './pieces.ts';
import { TAR_BLOCK, type TarHeader, tarHeader, tarPadding } from './tar-header.ts';

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

/** The last second of a signed 32-bit time: some readers go no further. */
const LATEST = 0x7fff_ffff;
const READ_BYTES = 256 << 10;

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
  assertNoCollisions(
    entries.map(({ path }) => path),
    portable,
  );
  const sorted = entries.toSorted((a, b) => byBytes(a.path, b.path));
  assertLinks(sorted);

  const made = new Set<string>();
  const buffer = new Uint8Array(READ_BYTES);
  for (const entry of sorted) {
    for (const path of folders ? foldersOf(entry.path) : []) {
      if (made.has(path)) continue;
      made.add(path);
      yield tarHeader({ path, type: 'folder', mode: 0o755, size: 0, mtime, target: '' });
    }
    if ('content' in entry) yield* filePieces(entry, mtime, buffer);
    else yield tarHeader(linkHeader(entry, mtime, sorted));
  }
  yield new Uint8Array(TAR_BLOCK * 2);
}

/** `tarPieces` as a whole, in memory. */
export function packTar(entries: readonly TarEntry[], options?: TarOptions): Promise<Uint8Array> {
  return joinPieces(tarPieces(entries, options));
}

async function* filePieces(
  { path, content, executable }: ArchiveEntry | StreamedEntry,
  mtime: number,
  buffer: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const mode = modeOf(executable);
  const header = (size: number): Uint8Array =>
    tarHeader({ path, type: 'file', mode, size, mtime, target: '' });
  let size: number;
  if (content instanceof Uint8Array) {
    size = content.length;
    yield header(size);
    yield content;
  } else if ('file' in content) {
    const file = openSync(content.file, 'r');
    try {
      size = fstatSync(file).size;
      yield header(size);
      yield* diskPieces(file, size, content, buffer);
    } finally {
      closeSync(file);
    }
  } else {
    size = content.size;
    yield header(size);
    yield* streamedPieces(path, content);
  }
  yield tarPadding(size);
}

function* diskPieces(
  file: number,
  size: number,
  content: FileOnDisk,
  buffer: Uint8Array,
): Generator<Uint8Array> {
  // Without a word to the thread pool: thousands of small files take a tenth of the time.
  for (let left = size; left > 0; ) {
    const length = readSync(file, buffer, 0, Math.min(left, buffer.length), null);
    if (length === 0) throw new Error(`${content.file} became shorter while it was packed`);
    left -= length;
    yield buffer.subarray(0, length);
  }
  if (readSync(file, buffer, 0, 1, null) > 0)
    throw new Error(`${content.file} became longer while it was packed`);
}

async function* streamedPieces(
  path: string,
  { size, pieces }: ContentStream,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > size) break;
    yield piece;
  }
  if (length !== size) throw new Error(`the content of ${path} does not have ${size} bytes`);
}

function modeOf(executable: boolean | undefined): number {
  return executable === true ? 0o755 : 0o644;
}

function linkHeader(entry: ArchiveLink, mtime: number, entries: readonly TarEntry[]): TarHeader {
  const { path } = entry;
  if ('symlink' in entry) {
    return { path, type: 'symlink', mode: 0o777, size: 0, mtime, target: entry.symlink };
  }
  const file = entries.find((other) => other.path === entry.hardLink);
  const mode = modeOf(file !== undefined && 'content' in file ? file.executable : false);
  return { path, type: 'hardLink', mode, size: 0, mtime, target: entry.hardLink };
}

/** `a/`, `a/b/` for `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1));
}

function assertTime(mtime: number): void {
  if (Number.isInteger(mtime) && mtime >= 0 && mtime <= LATEST) return;
  throw new InvalidInputError({
    field: 'mtime',
    received: String(mtime),
    expected: `Unix seconds, a whole number from 0 to ${LATEST}`,
  });
}

/** A hard link is made when it is unpacked: its file has to be there by then. */
function assertLinks(sorted: readonly TarEntry[]): void {
  const files = new Set<string>();
  for (const entry of sorted) {
    if ('content' in entry) files.add(entry.path);
    else if ('symlink' in entry) assertTarget('symlink', entry.symlink);
    else if (!files.has(entry.hardLink)) {
      throw new InvalidInputError({
        field: 'hardLink',
        received: entry.hardLink,
        expected: `a file of the archive whose path sorts before ${entry.path}`,
      });
    }
  }
}

function assertTarget(field: string, target: string): void {
  if (target !== '' && !target.includes('\0') && target.isWellFormed()) return;
  const expected = 'what a link can say: not empty, Unicode, without NUL';
  throw new InvalidInputError({ field, received: target, expected });
}
