import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Bytes that are compressed on their own. Constant, because it affects the archive's bytes. */
export const BLOCK_BYTES: number = 1 << 20;

/** Bytes of memory for a block, before and after: more than zlib's `deflateBound` needs for it. */
export const BLOCK_MEMORY: number = BLOCK_BYTES + (64 << 10);

/** Level 6 is zlib's default. Level 9 takes three times as long and saves half a percent. */
const FIRST_LEVEL = 6;
/** How many blocks have the first level. */
const FIRST_BLOCKS = 16;
/** In a large archive time matters more than size: level 4 takes half the time of level 6. */
const LATER_LEVEL = 4;
const FASTEST = 1;

/** zlib's `Z_SYNC_FLUSH` ends a block at a byte boundary, so that another block can follow. */
const SYNC_FLUSH = 2;
const FINISH = 4;
const STREAM_END = 1;

const SAMPLES = 8;
const SAMPLE_BYTES = 8 << 10;

export interface Block {
  /** `BLOCK_MEMORY` bytes, `length` of which are the block. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly length: number;
  /** How many blocks of the archive come before it. */
  readonly index: number;
  readonly isLast: boolean;
}

/**
 * Compresses a block in place and returns its new length. The result is raw deflate (RFC 1951) that
 * refers to nothing before it, so blocks can be joined; the last one ends the stream. If samples of
 * a block do not shrink (random or already compressed data), it is stored uncompressed. The level
 * depends only on the block's position.
 * The compressor is zlib as WebAssembly, because the WebAssembly specification fixes its results.
 * Node's own zlib gives no such guarantee: its code differs between processors and versions.
 */
export function deflateBlock({ index, isLast, length, memory }: Block): number {
  const block = memory.subarray(0, length);
  if (!shrinks(block)) return store(memory, length, isLast);
  const level = index < FIRST_BLOCKS ? FIRST_LEVEL : LATER_LEVEL;
  const deflated = deflate([block], level, isLast ? FINISH : SYNC_FLUSH);
  memory.set(deflated);
  return deflated.length;
}

/** RFC 1951, 3.2.4: three bits, rounded up to a byte, then LEN and NLEN. */
const STORED_HEADER = 5;
const MOST_STORED = 0xff_ff;

/**
 * Puts headers between the bytes, in place, and returns the new length. The bytes are those of zlib's
 * level 0: blocks of 65,535 bytes, and after them an empty one, for Z_SYNC_FLUSH, unless the stream ends.
 */
function store(memory: Uint8Array<ArrayBuffer>, length: number, isLast: boolean): number {
  const count = Math.ceil(length / MOST_STORED);
  for (let index = count - 1; index >= 0; index--) {
    const [from, end] = [index * MOST_STORED, Math.min(length, (index + 1) * MOST_STORED)];
    const to = from + index * STORED_HEADER;
    memory.copyWithin(to + STORED_HEADER, from, end);
    storedHeader(memory, to, end - from, isLast && index === count - 1);
  }
  const stored = length + count * STORED_HEADER;
  if (isLast) return stored;
  storedHeader(memory, stored, 0, false);
  return stored + STORED_HEADER;
}

function storedHeader(memory: Uint8Array, at: number, length: number, isLast: boolean): void {
  const [low, high] = [length & 0xff, length >> 8];
  memory.set([isLast ? 1 : 0, low, high, low ^ 0xff, high ^ 0xff], at);
}

function shrinks(block: Uint8Array): boolean {
  if (block.length < SAMPLES * SAMPLE_BYTES) return true;
  const step = Math.floor((block.length - SAMPLE_BYTES) / (SAMPLES - 1));
  const samples = Array.from({ length: SAMPLES }, (_, index) =>
    block.subarray(index * step, index * step + SAMPLE_BYTES),
  );
  return deflate(samples, FASTEST, FINISH).length < SAMPLES * SAMPLE_BYTES * (31 / 32);
}

/**
 * The zlib functions that zip.js's WebAssembly module exports: `src/wasm/deflate_stream_wasm.c` of
 * zlib-streams.
 */
interface Zlib {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  deflate_new(): number;
  deflate_init_raw(stream: number, level: number): number;
  /** Returns the number of bytes written in the lower 24 bits and zlib's code above them. */
  deflate_process(
    stream: number,
    input: number,
    length: number,
    output: number,
    capacity: number,
    flush: number,
  ): number;
  deflate_last_consumed(stream: number): number;
  deflate_end(stream: number): number;
  _initialize(): void;
}

/** TypeScript declares these types only for browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => DeflateModule;
  readonly Instance: new (module: DeflateModule) => { readonly exports: unknown };
};

/** Compiled code. Threads can send it to each other. */
export interface DeflateModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

interface Compressor {
  readonly zlib: Zlib;
  readonly input: number;
  readonly output: number;
}

export function deflateModule(): DeflateModule {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@zip.js/zip.js/dist/zip-module.wasm');
  return new WebAssembly.Module(readFileSync(path));
}

let compressor: Compressor | undefined;

/** Prepares this thread. Otherwise the first block does. */
export function startDeflate(module: DeflateModule): Compressor {
  const zlib = new WebAssembly.Instance(module).exports as Zlib;
  zlib._initialize();
  compressor = { zlib, input: zlib.malloc(BLOCK_BYTES), output: zlib.malloc(BLOCK_MEMORY) };
  return compressor;
}

/** Compresses the pieces as one block. The result is valid until the next call. */
function deflate(pieces: readonly Uint8Array[], level: number, flush: number): Uint8Array {
  const { zlib, input, output } = compressor ?? startDeflate(deflateModule());
  const stream = zlib.deflate_new();
  if (zlib.deflate_init_raw(stream, level) !== 0) throw new Error('zlib has no memory for a block');
  // The buffer is a new one after memory has grown.
  const memory = new Uint8Array(zlib.memory.buffer);
  let length = 0;
  for (const piece of pieces) {
    memory.set(piece, input + length);
    length += piece.length;
  }
  const result = zlib.deflate_process(stream, input, length, output, BLOCK_MEMORY, flush);
  const [written, code] = [result & 0xff_ffff, result >> 24];
  const isWhole =
    zlib.deflate_last_consumed(stream) === length &&
    written < BLOCK_MEMORY &&
    code === (flush === FINISH ? STREAM_END : 0);
  zlib.deflate_end(stream);
  if (!isWhole) throw new Error(`zlib did not compress a block of ${length} bytes: ${code}`);
  return new Uint8Array(zlib.memory.buffer, output, written);
}
