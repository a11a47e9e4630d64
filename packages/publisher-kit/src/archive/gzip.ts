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
   * Threads that compress beside the calling one, at most 2. Default: one less than the machine has
   * processors. The bytes are the same for every number.
   */
  readonly threads?: number;
}

// RFC 1952: magic number, deflate, no flags, no time, no extra flags, an unknown system.
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** A shorter input is compressed before a thread would have started. */
const THREADS_AFTER_BLOCKS = 4;

/**
 * Gzip (RFC 1952, one member) in pieces, whose bytes depend on the input alone: not on the machine,
 * its processor, Node's version, the number of threads, or how the input is cut into pieces. Takes a
 * few MiB of memory, whatever the input's size.
 *
 * A piece is valid until the next one is asked for: its memory is used again.
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

/** `gzipPieces` as a whole, in memory. */
export function gzip(
  input: Uint8Array | AsyncIterable<Uint8Array>,
  options?: GzipOptions,
): Promise<Uint8Array> {
  return joinPieces(gzipPieces(input instanceof Uint8Array ? [input] : input, options));
}

/** Cuts an input into blocks of one size; the last one is as long as what is left. */
class Blocks {
  /** Of all that was cut so far. */
  crc = 0;
  size = 0;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  async *of(input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Block> {
    let [memory, length] = [this.#take(), 0];
    for await (const piece of input) {
      this.crc = crc32(piece, this.crc);
      this.size += piece.length;
      for (let at = 0; at < piece.length; ) {
        // A full block waits for the next byte: without one, it is the last.
        if (length === BLOCK_BYTES) {
          yield { memory, length, isLast: false };
          [memory, length] = [this.#take(), 0];
        }
        const part = piece.subarray(at, at + BLOCK_BYTES - length);
        memory.set(part, length);
        length += part.length;
        at += part.length;
      }
    }
    yield { memory, length, isLast: true };
  }

  /** Takes back the memory of a block that is written. */
  giveBack(memory: Uint8Array<ArrayBuffer>): void {
    this.#free.push(memory);
  }

  #take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(BLOCK_MEMORY);
  }
}

function deflateHere(block: Block): Deflated {
  return { ...block, length: deflateBlock(block) };
}

/** This thread compresses what the others have no room for. Pieces leave in the blocks' order. */
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
  }

  async function* nextPiece(): AsyncGenerator<Uint8Array> {
    const deflated = await begun.shift();
    if (deflated === undefined) return;
    yield deflated.memory.subarray(0, deflated.length);
    blocks.giveBack(deflated.memory);
  }
}
