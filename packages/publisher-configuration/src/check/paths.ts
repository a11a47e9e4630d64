import { assertArchivePath, assertNoCollisions } from '@ameide/publisher-kit';
import { InvalidInputError, type TreeFile } from '@ameide/versioning-core';
import { INDEX_NAME } from '../bundle-index.ts';
import type { Fault } from './fault.ts';

/** What is wrong with a file before it is read. `path` is relative to the bundle. */
export function pathFault(path: string, mode: TreeFile['mode']): Fault | undefined {
  if (mode === 'symlink' || mode === 'submodule')
    return { what: `is a ${mode}: a bundle carries files alone` };
  if (path === INDEX_NAME) return { what: `has the name of the bundle's own index` };
  // Node refuses to resolve such a path through a package's "exports" (PACKAGE_TARGET_RESOLVE), and
  // npm takes what is in it for packages.
  if (path.toLowerCase().split('/').includes('node_modules'))
    return { what: 'is in a node_modules folder' };
  return whatIsThrown(() => assertArchivePath(path));
}

/**
 * Whether two paths, or one and the index, are one on a system that ignores case or Unicode normal
 * forms.
 */
export function collisionFault(paths: readonly string[]): Fault | undefined {
  return whatIsThrown(() =>
    assertNoCollisions([INDEX_NAME, ...paths.filter((path) => path !== INDEX_NAME)]),
  );
}

function whatIsThrown(check: () => void): Fault | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError)
      return { what: `needs ${error.expected}, and has ${error.received}` };
    throw error;
  }
}
