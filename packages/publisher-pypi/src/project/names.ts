import { parsePypiName } from '@ameide/versioning-core';

/**
 * Returns the form of a name in file names (PEP 625, wheel specification): normalised, with `_`.
 */
export function fileNamePart(name: string): string {
  return parsePypiName(name).replaceAll('-', '_');
}

/** Returns the only valid sdist name (PEP 625). `version` is in normal form. */
export function sdistFileName(name: string, version: string): string {
  return `${fileNamePart(name)}-${version}.tar.gz`;
}

/** Returns the beginning of every wheel's file name. `version` is in normal form. */
export function wheelFilePrefix(name: string, version: string): string {
  return `${fileNamePart(name)}-${version}-`;
}
