import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { RegistryError } from './registry-error.ts';

/** A parsed content digest, `algorithm:hex` (OCI image specification, descriptor.md § Digests). */
export interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly hex: string;
}

/** Parses a digest that this registry can verify; `undefined` for anything else. */
export function parseDigest(text: string): Digest | undefined {
  const match = /^(?:(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128}))$/.exec(text);
  if (match === null) return undefined;
  const [, , sha256, , sha512] = match;
  if (sha256 !== undefined) return { algorithm: 'sha256', hex: sha256 };
  return sha512 === undefined ? undefined : { algorithm: 'sha512', hex: sha512 };
}

/** Parses a digest, or refuses the request with `DIGEST_INVALID`. */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest === undefined)
    throw new RegistryError(
      'DIGEST_INVALID',
      'a digest is sha256: or sha512: and its lower-case hex digits',
      { detail: text },
    );
  return digest;
}

export function formatDigest(digest: Digest): string {
  return `${digest.algorithm}:${digest.hex}`;
}

export function digestOf(bytes: Uint8Array, algorithm: Digest['algorithm'] = 'sha256'): Digest {
  return { algorithm, hex: createHash(algorithm).update(bytes).digest('hex') };
}

/** Computes the digest of a file's content, reading in pieces. */
export async function digestOfFile(path: string, algorithm: Digest['algorithm']): Promise<Digest> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return { algorithm, hex: hash.digest('hex') };
}

export function sameDigest(left: Digest, right: Digest): boolean {
  return left.algorithm === right.algorithm && left.hex === right.hex;
}
