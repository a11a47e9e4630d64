import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { createGunzip, createZstdDecompress, type ZstdDecompress } from 'node:zlib';

export type Compression = 'gzip' | 'zstd';

const MAGIC_BYTES = 4;

const CHUNK = { chunkSize: 512 << 10 };

/**
 * Judges by the first bytes (RFC 1952; RFC 8878, whose data may begin with a frame to skip);
 * undefined for anything else.
 */
export function compressionOf(start: Uint8Array): Compression | undefined {
  const magic = Buffer.from(start.subarray(0, MAGIC_BYTES)).toString('hex');
  if (magic.startsWith('1f8b')) return 'gzip';
  return magic === '28b52ffd' || /^5.2a4d18$/.test(magic) ? 'zstd' : undefined;
}

/** Returns as many bytes of a file as tell its kind. */
export async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0)).buffer;
  } finally {
    await file.close();
  }
}

/**
 * Unpacks in pieces; without a compression, returns what it gets. The source may use a chunk's memory
 * again when it is asked for the next. Throws zlib's errors, and the signal's reason.
 */
export function decompressed(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  compression: Compression | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (compression === 'zstd') return unzstd(iterate(source), signal);
  return compression === 'gzip' ? gunzip(source) : iterate(source);
}

async function* iterate(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* source;
}

async function* gunzip(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const unpacking = createGunzip(CHUNK);
  const writeAll = async (): Promise<void> => {
    for await (const chunk of source) await consumed(unpacking, chunk);
    unpacking.end();
  };
  // A failure also fails the loop.
  writeAll().catch((error: unknown) => unpacking.destroy(error as Error));
  try {
    yield* unpacking as AsyncIterable<Uint8Array>;
  } finally {
    unpacking.destroy();
  }
}

/**
 * Writes a chunk, whose memory may be used again afterwards. Rejects if the stream has closed: after the
 * last member of a gzip file, Node's decompressor takes nothing more.
 */
async function consumed(stream: Writable, chunk: Uint8Array): Promise<void> {
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  const closed = (): void => reject(new Error('the decompressor has closed'));
  stream.once('close', closed);
  stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  try {
    await promise;
  } finally {
    stream.off('close', closed);
  }
}

/**
 * Unpacks frame by frame: if a frame ends inside a chunk, Node's decompressor ends there and drops the
 * rest. Other readers unpack all frames, and some writers make one for each file.
 */
async function* unzstd(
  source: AsyncGenerator<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for (let rest: Uint8Array | undefined = new Uint8Array(); rest !== undefined; ) {
      signal?.throwIfAborted();
      const frame = createZstdDecompress(CHUNK);
      const fed = feed(frame, source, rest);
      yield* frame as AsyncIterable<Uint8Array>;
      rest = fed.rest();
    }
  } finally {
    await source.return(undefined);
  }
}

/** Writes `first` and then the source to a decompressor, until its frame or the source ends. */
function feed(
  frame: ZstdDecompress,
  source: AsyncGenerator<Uint8Array>,
  first: Uint8Array,
): { readonly rest: () => Uint8Array | undefined } {
  let last = first;
  let written = 0;
  const unread = (): number => written - frame.bytesWritten;
  const write = async (chunk: Uint8Array): Promise<void> => {
    last = chunk;
    written += chunk.length;
    await consumed(frame, chunk);
  };
  const writeAll = async (): Promise<void> => {
    if (first.length > 0) await write(first);
    while (unread() === 0) {
      const next = await source.next();
      if (next.done === true) {
        frame.end();
        return;
      }
      await write(next.value);
    }
  };
  writeAll().catch((error: unknown) => frame.destroy(error as Error));
  return { rest: () => (unread() > 0 ? last.subarray(last.length - unread()) : undefined) };
}
