import { hash } from 'node:crypto';

/** SHA-256 as 64 lower-case hex digits: PyPI's and OCI's form, the latter after `sha256:`. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** SHA-512 in Subresource Integrity form, `sha512-<base64>`: npm's `dist.integrity`. */
export function sha512Integrity(bytes: Uint8Array | string): string {
  return `sha512-${hash('sha512', bytes, 'base64')}`;
}
