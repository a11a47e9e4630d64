import { sha256Hex } from '@ameide/publisher-kit';
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Both digests of PyPI's upload form, hex. */
export interface FileDigests {
  readonly sha256: string;
  /**
   * BLAKE2b with 32 bytes of output. Node's OpenSSL has only the 64-byte form, which is a different
   * function, not just a longer result.
   */
  readonly blake2b256: string;
}

export function fileDigests(bytes: Uint8Array): FileDigests {
  return { sha256: sha256Hex(bytes), blake2b256: bytesToHex(blake2b(bytes, { dkLen: 32 })) };
}
