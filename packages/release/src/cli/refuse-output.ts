import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { pathInside } from '../commit/path-inside.ts';

/** Makes the error for a file that an option names; `expected` says what it should be. */
export type RefuseOutput = (expected: string) => InvalidInputError;

/** `field` is the option, `file` as the user wrote it. */
export function refuseOutput(field: string, file: string): RefuseOutput {
  return (expected) => new InvalidInputError({ field, received: file, expected }, 'output-file');
}

/**
 * Throws if the file, which need not exist, is in the repository, whatever links lead there. Throws the
 * error of `realpath` if its folder does not exist, or if it is a link to a file that does not. Both
 * paths are absolute.
 */
export function requireOutside(path: string, repository: string, refuse: RefuseOutput): void {
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  const real = isThere ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  if (pathInside(realpathSync(repository), real) !== undefined)
    throw refuse(
      'a file outside the repository: inside, it would count as a change of the working tree',
    );
}
