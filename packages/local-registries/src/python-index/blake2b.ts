/**
 * BLAKE2b with a 32-byte digest (RFC 7693): the `blake2_256_digest` of an upload. OpenSSL, and so
 * `node:crypto`, has only the 64-byte variant, and the shorter digest is not its prefix, because
 * its length is part of the initial state. If this index accepted any value, a client could pass
 * here that PyPI refuses.
 */

const DIGEST_BYTES = 32;
const BLOCK_BYTES = 128;

// 64-bit words as pairs of 32-bit halves, low half first: BigInt arithmetic would be far too slow
// for a wheel.
const IV: readonly number[] = [
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
];

// RFC 7693 §2.7; rounds 10 and 11 use the first two permutations again.
const SIGMA: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

// The columns, then the diagonals, that one round mixes (RFC 7693 §3.2).
const MIXES: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

/**
 * Returns the digest as 64 lower-case hex digits: Python's `hashlib.blake2b(content,
 * digest_size=32).hexdigest()`.
 */
export function blake2b256Hex(content: Uint8Array): string {
  const state = Uint32Array.from(IV);
  word(state, 0, at(state, 0) ^ (0x01010000 | DIGEST_BYTES));
  const block = new Uint8Array(BLOCK_BYTES);
  // The last block is compressed separately, even a full one; an empty message is one block of
  // zeros.
  const last = Math.max(Math.ceil(content.length / BLOCK_BYTES) - 1, 0) * BLOCK_BYTES;
  for (let offset = 0; offset <= last; offset += BLOCK_BYTES) {
    const end = Math.min(offset + BLOCK_BYTES, content.length);
    block.fill(0).set(content.subarray(offset, end));
    compress(state, block, end, offset === last);
  }
  return Buffer.from(state.buffer, 0, DIGEST_BYTES).toString('hex');
}

function compress(state: Uint32Array, block: Uint8Array, counted: number, isLast: boolean): void {
  const v = new Uint32Array(32);
  v.set(state);
  v.set(IV, 16);
  word(v, 24, at(v, 24) ^ (counted >>> 0));
  word(v, 25, at(v, 25) ^ Math.floor(counted / 2 ** 32));
  if (isLast) {
    word(v, 28, ~at(v, 28));
    word(v, 29, ~at(v, 29));
  }
  const view = new DataView(block.buffer);
  const message = Uint32Array.from({ length: 32 }, (_, index) => view.getUint32(index * 4, true));
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10] ?? [];
    MIXES.forEach(([a, b, c, d], index) =>
      mix(
        v,
        message,
        [a * 2, b * 2, c * 2, d * 2],
        (order[index * 2] ?? 0) * 2,
        (order[index * 2 + 1] ?? 0) * 2,
      ),
    );
  }
  for (let index = 0; index < 16; index++)
    word(state, index, at(state, index) ^ at(v, index) ^ at(v, index + 16));
}

function mix(
  v: Uint32Array,
  message: Uint32Array,
  [a, b, c, d]: readonly [number, number, number, number],
  x: number,
  y: number,
): void {
  add(v, a, at(v, b), at(v, b + 1));
  add(v, a, at(message, x), at(message, x + 1));
  exclusiveOrRotated(v, d, a, 32);
  add(v, c, at(v, d), at(v, d + 1));
  exclusiveOrRotated(v, b, c, 24);
  add(v, a, at(v, b), at(v, b + 1));
  add(v, a, at(message, y), at(message, y + 1));
  exclusiveOrRotated(v, d, a, 16);
  add(v, c, at(v, d), at(v, d + 1));
  exclusiveOrRotated(v, b, c, 63);
}

/** 64-bit `v[target] += low + high * 2^32`. */
function add(v: Uint32Array, target: number, low: number, high: number): void {
  const sum = at(v, target) + low;
  word(v, target, sum);
  word(v, target + 1, at(v, target + 1) + high + (sum >= 2 ** 32 ? 1 : 0));
}

/** 64-bit `v[target] = rotateRight(v[target] ^ v[other], bits)`. */
function exclusiveOrRotated(v: Uint32Array, target: number, other: number, bits: number): void {
  const low = (at(v, target) ^ at(v, other)) >>> 0;
  const high = (at(v, target + 1) ^ at(v, other + 1)) >>> 0;
  const [first, second] = bits >= 32 ? [high, low] : [low, high];
  const shift = bits % 32;
  word(v, target, shift === 0 ? first : (first >>> shift) | (second << (32 - shift)));
  word(v, target + 1, shift === 0 ? second : (second >>> shift) | (first << (32 - shift)));
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function word(words: Uint32Array, index: number, value: number): void {
  words[index] = value;
}
