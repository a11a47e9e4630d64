import { createHash } from 'node:crypto';

/** The hash of a leaf (RFC 6962, section 2.1). */
export function leafHash(content: Buffer): Buffer {
  return sha256(Buffer.from([0]), content);
}

/** The hash of the whole tree. `leaves` are leaf hashes, at least one. */
export function rootHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  const half = split(leaves.length);
  return sha256(Buffer.from([1]), rootHash(leaves.slice(0, half)), rootHash(leaves.slice(half)));
}

/** The hashes that prove that the leaf at `index` is in the tree (RFC 6962, section 2.1.1). */
export function inclusionPath(index: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length <= 1) return [];
  const half = split(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...inclusionPath(index, left), rootHash(right)]
    : [...inclusionPath(index - half, right), rootHash(left)];
}

/** The largest power of two below `size`. */
function split(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}
