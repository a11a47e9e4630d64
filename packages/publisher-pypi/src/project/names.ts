import { parsePypiName } from '@ameide/versioning-core';

/** How a name stands in file names (PEP 625, wheel specification): normalised, with `_`. */
export function fileNamePart(name: string): string {
  return parsePypiName(name).replaceAll('-', '_');
}

/** The one valid sdist name, PEP 625. `version` in normal form. */
export function sdistFileName(name: string, version: string): string {
  return `${fileNamePart(name)}-${version}.tar.gz`;
}

/** What every wheel's file name starts with. `version` in normal form. */
export function wheelFilePrefix(name: string, version: string): string {
  return `${fileNamePart(name)}-${version}-`;
}
