import { completeName } from '@ameide/source-files/image';
import { InvalidInputError, parseOciName, received } from '@ameide/versioning-core';

/**
 * Names of images: `ghcr.io/acme/sdk` is one image, `ghcr.io/acme/*` every one below it.
 */
export type ImageNames = readonly string[];

/** Checks one name or pattern, and returns it in full, as `parseImageReference` does: `docker.io/library/nginx`. */
export function imageName(value: unknown, field = 'images', code?: string): string {
  const isPattern = typeof value === 'string' && value.endsWith('/*');
  try {
    return isPattern
      ? `${completeName(parseOciName(`${value.slice(0, -2)}/x/y`, field)).slice(0, -4)}/*`
      : completeName(parseOciName(value, field));
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(
      {
        field,
        received: received(value),
        expected:
          'an image with its registry, for example ghcr.io/acme/sdk, or all below a path, for example ghcr.io/acme/*',
      },
      code,
    );
  }
}

/** Returns a function that tells whether a full name (as in `ImageReference`) is one of these. */
export function createIsOurs(names: ImageNames): (name: string) => boolean {
  const exact = new Set(names.filter((name) => !name.endsWith('/*')));
  const prefixes = names.filter((name) => name.endsWith('/*')).map((name) => name.slice(0, -1));
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
