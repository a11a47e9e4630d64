import { InvalidInputError } from '@ameide/versioning-core';
import type { Credential } from './http.ts';

export { isLoopback } from '@ameide/versioning-core';

/**
 * Returns the Authorization header of a credential (RFC 6750, RFC 7617). Throws
 * `InvalidInputError`, without the value, for a token that a header cannot contain: fetch's own
 * error would print it.
 */
export function authorization(credential: Credential): string {
  if (credential.scheme === 'bearer') {
    const token = credential.token.reveal();
    if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
    throw new InvalidInputError({
      field: 'credential.token',
      expected: 'printable ASCII without spaces and line breaks',
      hint: 'A token read from a file often ends in a line break: pass it through toSecret.',
    });
  }
  const password = credential.password.reveal();
  if (/[\x00-\x1f\x7f]/.test(isJson(password) ? password.replace(/[\t\r\n]/g, '') : password)) {
    throw new InvalidInputError({
      field: 'credential.password',
      expected: 'text without control characters',
    });
  }
  if (/[:\x00-\x1f\x7f]/.test(credential.user)) {
    throw new InvalidInputError({
      field: 'credential.user',
      expected: 'text without ":" and control characters (RFC 7617)',
    });
  }
  return `Basic ${Buffer.from(`${credential.user}:${password}`).toString('base64')}`;
}

/**
 * True for a key file that is a password: Google's user `_json_key` and Yandex's `json_key` have one
 * of several lines, which RFC 7617 forbids and every client of these registries sends.
 */
function isJson(password: string): boolean {
  return /^\{[^]*\}$/.test(password);
}
