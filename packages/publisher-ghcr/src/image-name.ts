import { InvalidInputError, isOciDigest, isOciTag, parseOciName } from '@ameide/versioning-core';

/** Where an image lives, without a tag or digest. Made by `parseImageName` alone. */
export interface ImageName {
  /** As in every coordinate: `ghcr.io/ameideio/ameide-sdk-ts`. */
  readonly name: string;
  /** Registry host with its port: `ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly host: string;
  /** Repository below the host: `ameideio/ameide-sdk-ts`. */
  readonly repository: string;
}

/**
 * Parses `host[:port]/repository` by the distribution reference grammar. The host must be written
 * out (a first part without a dot, a colon or the name `localhost` would be a Docker Hub user):
 * the host shows where a token goes. Throws `InvalidInputError` for anything else, a
 * tag or digest included.
 */
export function parseImageName(value: unknown, field = 'image'): ImageName {
  const name = parseOciName(value, field);
  const slash = name.indexOf('/');
  return { name, host: name.slice(0, slash), repository: name.slice(slash + 1) };
}

/** A SHA-256 digest, `sha256:<64 lower-case hex>`; no other algorithm is read or written. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && isOciDigest(value);
}

/** Throws `InvalidInputError` unless it is a tag or a digest. */
export function checkVersion(version: string, field = 'coordinate.version'): void {
  if (isOciTag(version) || isDigest(version)) return;
  throw new InvalidInputError({
    field,
    received: version,
    expected: 'an OCI tag of at most 128 letters, digits, ".", "_" and "-", or sha256:<64 hex>',
  });
}
