import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { TarEntry } from './entry.ts';
import { type GzipOptions, gzipPieces } from './gzip.ts';
import { type TarOptions, tarPieces } from './tar.ts';

export interface WriteOptions extends GzipOptions {
  readonly signal?: AbortSignal;
  /** Further hashes to update with the file's bytes: npm's `dist.integrity` is a SHA-512. */
  readonly hashes?: readonly Hash[];
}

/** The file that was written. */
export interface WrittenGzip {
  /** Bytes of the file. */
  readonly size: number;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /**
   * SHA-256 of the uncompressed content, hex: an OCI image's `diff_ids` contain it after `sha256:`.
   */
  readonly contentSha256: string;
}

/**
 * Writes a reproducible .tar.gz file: the same entries and options give the same bytes on every
 * machine. Reads and writes once and uses a few MiB of memory for any archive. Throws what
 * `packTar` throws, and the signal's reason; then it leaves no file. A `ContentStream` must obey
 * the signal itself while it waits.
 */
export function writeTarGz(
  path: string,
  entries: readonly TarEntry[],
  options: TarOptions & WriteOptions = {},
): Promise<WrittenGzip> {
  return writeGzip(path, tarPieces(entries, options), options);
}

/** `writeTarGz` for content of any kind: the same content gives the same bytes. */
export async function writeGzip(
  path: string,
  content: AsyncIterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<WrittenGzip> {
  options.signal?.throwIfAborted();
  const file = await open(path, 'w');
  try {
    return await writeAndClose(file, content, options);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function writeAndClose(
  file: FileHandle,
  content: AsyncIterable<Uint8Array>,
  { hashes = [], signal, ...options }: WriteOptions,
): Promise<WrittenGzip> {
  const [before, sha256] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  try {
    const pieces = gzipPieces(hashed(content, before), options);
    for await (const piece of hashed(pieces, sha256, ...hashes)) {
      signal?.throwIfAborted();
      await file.appendFile(piece);
      size += piece.length;
    }
  } finally {
    await file.close();
  }
  return {
    size,
    sha256: sha256.digest('hex'),
    contentSha256: before.digest('hex'),
  };
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  ...hashes: readonly Hash[]
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (const hash of hashes) hash.update(piece);
    yield piece;
  }
}
