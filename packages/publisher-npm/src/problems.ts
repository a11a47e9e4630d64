import { printable } from '@ameide/versioning-core';
import type { Packer } from './pack/packer.ts';

/** Where a file of the package is, or would be, in the repository: what `allow` names. */
export function repositoryPath(
  { directory = '' }: Pick<Packer, 'directory'>,
  path: string,
): string {
  return directory === '' ? path : `${directory}/${path}`;
}

/** For a message. The name of a file may hold anything. */
export function listPaths(paths: readonly string[]): string {
  return paths.map((path) => (/^[\x21-\x7e]+$/.test(path) ? path : printable(path))).join(', ');
}
