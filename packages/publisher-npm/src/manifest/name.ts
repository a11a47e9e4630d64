import { type Coordinate, formatCoordinate } from '@ameide/versioning-core';

/** `npm:@scope/name@1.0.0` */
export function formatNpm({ name, version }: Pick<Coordinate, 'name' | 'version'>): string {
  return formatCoordinate({ ecosystem: 'npm', name, version });
}

/** The name as one segment of a registry URL: `@scope%2fname`. */
export function escapedName(name: string): string {
  return name.replace('/', '%2f');
}

/**
 * The tarball's file name as `npm pack` gives it: `@scope/name` at `1.0.0` is
 * `scope-name-1.0.0.tgz`.
 */
export function tarballName(name: string, version: string): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}
