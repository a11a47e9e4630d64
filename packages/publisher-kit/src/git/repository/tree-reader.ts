import { InvalidInputError, type TreeFile } from '@ameide/versioning-core';
import { GitError } from '../git-command.ts';
import { onceForEach } from '../once-for-each.ts';
import { formatOf, parseTree, type TreeEntry } from './object-format.ts';
import type { ObjectReader } from './object-reader.ts';

/**
 * Walks tree objects by id. No path becomes part of a git expression, so every file name is safe.
 */
export interface TreeReader {
  /** Returns the entry at a path, or undefined; an empty path gives the root itself. */
  find(root: string, path: readonly string[]): Promise<TreeEntry | undefined>;
  /**
   * Lists every file below a tree, with `prefix` before each path, in git's order: the byte order
   * of the paths.
   */
  files(tree: string, prefix: string): Promise<readonly TreeFile[]>;
  blob(id: string): Promise<Buffer>;
}

export function createTreeReader(reader: ObjectReader): TreeReader {
  const content = async (id: string, type: 'tree' | 'blob'): Promise<Buffer> => {
    const answer = await reader.read(id);
    if ('absent' in answer || answer.type !== type)
      throw new GitError(`${type} ${id} is missing from the repository (see git fsck)`);
    return answer.content;
  };
  const entries = onceForEach(async (id: string) =>
    parseTree(await content(id, 'tree'), formatOf(id)),
  );
  const walk = async (tree: string, prefix: string): Promise<readonly TreeFile[]> => {
    const below = (await entries(tree)).map(
      async ({ name, mode, id }): Promise<readonly TreeFile[]> => {
        const path = prefix + name;
        return mode === 'directory' ? walk(id, `${path}/`) : [{ path, mode, objectId: id }];
      },
    );
    return (await Promise.all(below)).flat();
  };
  // Every publisher of a release lists the whole tree, some of them twice.
  const listed = onceForEach(async (key: string) => {
    const [tree = '', prefix = ''] = key.split('\0');
    return walk(tree, prefix);
  });
  return {
    files: (tree, prefix) => listed(`${tree}\0${prefix}`),
    blob: (id) => content(id, 'blob'),
    async find(root, path) {
      let found: TreeEntry | undefined = { name: '', mode: 'directory', id: root };
      for (const name of path) {
        if (found?.mode !== 'directory') return undefined;
        found = (await entries(found.id)).find((entry) => entry.name === name);
      }
      return found;
    },
  };
}

/**
 * Splits a path relative to the repository root; `''` and `.` are the root. Throws
 * `InvalidInputError`.
 */
export function parsePath(path: string): readonly string[] {
  if (path === '' || path === '.') return [];
  const parts = path.split('/');
  if (!parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    return parts;
  throw new InvalidInputError({
    field: 'path',
    received: path,
    expected:
      'a path relative to the repository root with "/" between its parts, for example packages/sdk/package.json',
  });
}
