import { hash } from 'node:crypto';

/**
 * Returns the SHA-256 as 64 lower-case hex digits. PyPI uses this form; OCI puts `sha256:` before
 * it.
 */
export function sha256Hex(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** Returns the SHA-512 in Subresource Integrity form, `sha512-<base64>`: npm's `dist.integrity`. */
export function sha512Integrity(bytes: Uint8Array | string): string {
  return `sha512-${hash('sha512', bytes, 'base64')}`;
}
