/** Returns bytes that do not compress, the same ones for the same seed (xorshift32, Marsaglia 2003). */
export function randomBytes(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(size / 4) * 4);
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  for (let offset = 0; offset < bytes.length; offset += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    bytes.writeUInt32LE(state, offset);
  }
  return bytes.subarray(0, size);
}

/** Returns `length` characters of base64 that hardly compress, the same ones for the same seed. */
export function randomText(length: number, seed: number): string {
  return randomBytes(Math.ceil((length * 3) / 4), seed)
    .toString('base64')
    .slice(0, length);
}
