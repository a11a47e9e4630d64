import { createHash, timingSafeEqual } from 'node:crypto';

/** The content of an `Authorization: Basic` header (RFC 7617). */
export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Reads an `Authorization` header. Returns `undefined` if it is missing or is not a well-formed
 * Basic header.
 */
export function parseBasicCredentials(header: string | undefined): BasicCredentials | undefined {
  const encoded = /^basic +([a-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * Compares two secrets in a time that depends neither on where they differ nor on their lengths.
 */
export function sameSecret(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
