import { crc32 } from 'node:zlib';
import { BLOCK_BYTES, BLOCK_MEMORY, type Block, deflateBlock } from './deflate.ts';
import {
  acquireThreads,
  BLOCKS_PER_THREAD,
  type Deflated,
  type DeflateThreads,
} from './deflate-threads.ts';
import { joinPieces } from './pieces.ts';

export interface GzipOptions {
  /**
   * Threads that compress besides the calling one, at most 2. Default: the machine's processors
   * minus one. Any number gives the same bytes.
   */
  readonly threads?: number;
}

// RFC 1952: magic number, deflate, no flags, no time, no extra flags, an unknown system.
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** Shorter inputs are compressed before a thread could start. */
const THREADS_AFTER_BLOCKS = 4;

/**
 * Compresses to gzip (RFC 1952, one member) in pieces. The bytes depend only on the input: not on
 * the machine, its processor, Node's version, the number of threads, or how the input is cut. Uses
 * a few MiB of memory for any input.
 * Each piece is valid only until the next one, because its memory is reused.
 */
export async function* gzipPieces(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: GzipOptions = {},
): AsyncGenerator<Uint8Array> {
  const blocks = new Blocks();
  yield HEADER;
  yield* deflatedPieces(blocks, blocks.of(input), options);
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, blocks.crc, true);
  trailer.setUint32(4, blocks.size % 2 ** 32, true);
  yield new Uint8Array(trailer.buffer);
}

/** Like `gzipPieces`, but returns everything in memory. */
export function gzip(
  input: Uint8Array | AsyncIterable<Uint8Array>,
  options?: GzipOptions,
): Promise<Uint8Array> {
  return joinPieces(gzipPieces(input instanceof Uint8Array ? [input] : input, options));
}

/** Of this process: a release packs hundreds of small archives, one block each. */
const free: Uint8Array<ArrayBuffer>[] = [];
const MOST_FREE = 4;

/** Cuts an input into blocks of equal size; the last block is what remains. */
class Blocks {
  /** The CRC of everything cut so far. */
  crc = 0;
  size = 0;

  async *of(input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Block> {
    let [memory, length, index] = [this.#take(), 0, 0];
    for await (const piece of input) {
      this.crc = crc32(piece, this.crc);
      this.size += piece.length;
      for (let at = 0; at < piece.length; ) {
        // Keep a full block until another byte arrives: without one, this is the last block.
        if (length === BLOCK_BYTES) {
          yield { memory, length, index, isLast: false };
          [memory, length] = [this.#take(), 0];
          index += 1;
        }
        const part = piece.subarray(at, at + BLOCK_BYTES - length);
        memory.set(part, length);
        length += part.length;
        at += part.length;
      }
    }
    yield { memory, length, index, isLast: true };
  }

  /** Takes back the memory of a written block. */
  giveBack(memory: Uint8Array<ArrayBuffer>): void {
    if (free.length < MOST_FREE) free.push(memory);
  }

  /** Frees what only a large archive needs. */
  end(): void {
    for (const { buffer } of free.splice(1)) buffer.transfer(0);
  }

  #take(): Uint8Array<ArrayBuffer> {
    return free.pop() ?? new Uint8Array(BLOCK_MEMORY);
  }
}

function deflateHere(block: Block): Deflated {
  return { ...block, length: deflateBlock(block) };
}

/**
 * The calling thread compresses the blocks that the others have no room for. Pieces keep the
 * blocks' order.
 */
async function* deflatedPieces(
  blocks: Blocks,
  input: AsyncIterable<Block>,
  options: GzipOptions,
): AsyncGenerator<Uint8Array> {
  let threads: DeflateThreads | undefined;
  let count = 0;
  const begun: Promise<Deflated>[] = [];
  try {
    for await (const block of input) {
      count += 1;
      if (count > THREADS_AFTER_BLOCKS) threads ??= acquireThreads(options.threads);
      begun.push(threads?.deflate(block) ?? Promise.resolve(deflateHere(block)));
      const most = (threads?.count ?? 0) * BLOCKS_PER_THREAD;
      while (begun.length > most) yield* nextPiece();
    }
    while (begun.length > 0) yield* nextPiece();
  } finally {
    await Promise.allSettled(begun);
    await threads?.release();
    if (threads !== undefined) blocks.end();
  }

  async function* nextPiece(): AsyncGenerator<Uint8Array> {
    const deflated = await begun.shift();
    if (deflated === undefined) return;
    yield deflated.memory.subarray(0, deflated.length);
    blocks.giveBack(deflated.memory);
  }
}
