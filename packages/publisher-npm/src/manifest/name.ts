import { type Coordinate, formatCoordinate } from '@ameide/versioning-core';

/** `npm:@scope/name@1.0.0` */
export function formatNpm({ name, version }: Pick<Coordinate, 'name' | 'version'>): string {
  return formatCoordinate({ ecosystem: 'npm', name, version });
}

/** Returns the name as one segment of a registry URL: `@scope%2fname`. */
export function escapedName(name: string): string {
  return name.replace('/', '%2f');
}

/**
 * Returns the tarball's file name as `npm pack` chooses it: `scope-name-1.0.0.tgz` for
 * `@scope/name` 1.0.0.
 */
export function tarballName(name: string, version: string): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}
