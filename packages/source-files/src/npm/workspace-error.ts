import { InvalidInputError } from '@ameide/versioning-core';

/** `field` is the file and the wrong part of it: `pnpm-workspace.yaml: catalogs`. */
export function workspaceError(field: string, expected: string): InvalidInputError {
  return new InvalidInputError({ field, expected }, 'npm-workspace');
}
