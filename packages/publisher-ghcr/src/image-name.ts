import { InvalidInputError, isOciDigest, isOciTag, parseOciName } from '@ameide/versioning-core';

/** The location of an image, without a tag or digest. Only `parseImageName` makes one. */
export interface ImageName {
  /** The name in every coordinate: `ghcr.io/ameideio/ameide-sdk-ts`. */
  readonly name: string;
  /** Registry host with its port: `ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly host: string;
  /** Repository below the host: `ameideio/ameide-sdk-ts`. */
  readonly repository: string;
}

/**
 * Parses `host[:port]/repository` by the distribution reference grammar. The host is required,
 * because it decides where a token goes (a first part without a dot, a colon or the name
 * `localhost` would be a Docker Hub user). Throws `InvalidInputError` for anything else, including
 * a tag or digest.
 */
export function parseImageName(value: unknown, field = 'image'): ImageName {
  const name = parseOciName(value, field);
  const slash = name.indexOf('/');
  return { name, host: name.slice(0, slash), repository: name.slice(slash + 1) };
}

/** True for a SHA-256 digest, `sha256:<64 lower-case hex>`, the only algorithm that we use. */
export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && isOciDigest(value);
}

/** Throws `InvalidInputError` unless the value is a tag or a digest. */
export function checkVersion(version: string, field = 'coordinate.version'): void {
  if (isOciTag(version) || isDigest(version)) return;
  throw new InvalidInputError({
    field,
    received: version,
    expected: 'an OCI tag of at most 128 letters, digits, ".", "_" and "-", or sha256:<64 hex>',
  });
}
