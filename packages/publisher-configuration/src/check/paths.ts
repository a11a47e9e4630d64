import { assertNoCollisions } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  inputProblem,
  type Problem,
  pathBelow,
  pathIn,
  printable,
  type TreeFile,
} from '@ameide/versioning-core';
import { INDEX_NAME } from '../bundle-index.ts';
import type { Folder } from '../folder.ts';
import { faultProblem } from './fault.ts';

/** Reports paths that no bundle may have. Code `configuration-file`. */
export function pathProblems({ directory, entries }: Folder): readonly Problem[] {
  return entries.flatMap(({ mode, path }) => {
    const what = whyNoBundleFile(pathBelow(directory, path), mode);
    return what === undefined ? [] : [faultProblem('configuration-file', { path, what })];
  });
}

function whyNoBundleFile(path: string, mode: TreeFile['mode']): string | undefined {
  if (mode === 'symlink' || mode === 'submodule')
    return `is a ${mode}: a bundle carries files alone`;
  if (path === INDEX_NAME) return 'has the name of the bundle’s own index';
  // Node refuses to resolve such a path through a package's "exports" (PACKAGE_TARGET_RESOLVE), and
  // npm treats its content as packages.
  return path.toLowerCase().split('/').includes('node_modules')
    ? 'is in a node_modules folder'
    : undefined;
}

/**
 * Reports the first two paths, or one path and the index, that are the same file if letter case or
 * Unicode normal forms are ignored. Code `path-collision`.
 */
export function collisionProblems({ directory, paths }: Folder): readonly Problem[] {
  try {
    assertNoCollisions([INDEX_NAME, ...paths.filter((path) => path !== INDEX_NAME)]);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const found = paths.find((path) => printable(path) === error.received) ?? '';
    const message = `${directory} holds ${error.received}, but needs ${error.expected}.`;
    return [inputProblem(error, { message, path: pathIn(directory, found) })];
  }
}
