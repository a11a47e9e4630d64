import { sha256Hex } from '@ameide/publisher-kit';
import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Both digests that PyPI's upload form takes, hex. */
export interface FileDigests {
  readonly sha256: string;
  /**
   * BLAKE2b with 32 bytes of output. Node's OpenSSL has only the 64-byte form, which is another
   * function, not a longer one.
   */
  readonly blake2b256: string;
}

export function fileDigests(bytes: Uint8Array): FileDigests {
  return { sha256: sha256Hex(bytes), blake2b256: bytesToHex(blake2b(bytes, { dkLen: 32 })) };
}
