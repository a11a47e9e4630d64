import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { TarEntry } from './entry.ts';
import { type GzipOptions, gzipPieces } from './gzip.ts';
import { type TarOptions, tarPieces } from './tar.ts';

export interface TarGzOptions extends TarOptions, GzipOptions {
  readonly signal?: AbortSignal;
}

/** What is on disk. */
export interface WrittenArchive {
  /** Bytes. */
  readonly size: number;
  /** Of the file, hex. */
  readonly sha256: string;
  /** Of the tar archive inside, hex: an OCI image's `diff_ids` hold it after `sha256:`. */
  readonly tarSha256: string;
  /** Of the file in Subresource Integrity form, `sha512-<base64>`: npm's `dist.integrity`. */
  readonly integrity: string;
}

/**
 * Writes a reproducible .tar.gz file: the same entries and options give the same bytes on every
 * machine. Reads and writes once, and takes a few MiB of memory, whatever the archive's size. Throws
 * as `tarPieces` does, and the signal's reason; then no file is left. A `ContentStream` that waits
 * has to obey the signal itself.
 */
export async function writeTarGz(
  path: string,
  entries: readonly TarEntry[],
  options: TarGzOptions = {},
): Promise<WrittenArchive> {
  options.signal?.throwIfAborted();
  const file = await open(path, 'w');
  const written = writeTo(file, entries, options).finally(() => file.close());
  return written.catch(async (error: unknown) => {
    await rm(path, { force: true });
    throw error;
  });
}

async function writeTo(
  file: FileHandle,
  entries: readonly TarEntry[],
  options: TarGzOptions,
): Promise<WrittenArchive> {
  const [tar, sha256, sha512] = [createHash('sha256'), createHash('sha256'), createHash('sha512')];
  let size = 0;
  const unpacked = hashed(tarPieces(entries, options), tar);
  for await (const piece of hashed(gzipPieces(unpacked, options), sha256, sha512)) {
    options.signal?.throwIfAborted();
    await file.appendFile(piece);
    size += piece.length;
  }
  const integrity = `sha512-${sha512.digest('base64')}`;
  return { size, sha256: sha256.digest('hex'), tarSha256: tar.digest('hex'), integrity };
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
