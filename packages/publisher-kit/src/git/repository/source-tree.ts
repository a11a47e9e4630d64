import {
  type AncestorTag,
  type CommitSha,
  InvalidInputError,
  type MissingContent,
  type SourceTag,
  type SourceTree,
} from '@ameide/versioning-core';
import { isPartialClone, partialClone } from './partial-clone.ts';
import { parsePath, type TreeReader } from './tree-reader.ts';

/** What a SourceTree needs from its repository. */
export interface SourceTreeParts {
  readonly gitDirectory: string;
  readonly trees: TreeReader;
  /** Id of the commit's tree. */
  rootTree(sha: CommitSha): Promise<string>;
  tags(): Promise<readonly SourceTag[]>;
  ancestorTags(sha: CommitSha, among?: readonly string[]): Promise<readonly AncestorTag[]>;
  commitTime(sha: string): Promise<number>;
  /** Reports the missing content of the whole commit. */
  missingContent(sha: CommitSha): Promise<readonly MissingContent[]>;
}

/** Reads the tree of one commit from the object database. */
export function createSourceTree(sha: CommitSha, parts: SourceTreeParts): SourceTree {
  const { trees, gitDirectory } = parts;
  const find = async (path: string): ReturnType<TreeReader['find']> => {
    const components = parsePath(path);
    return trees.find(await parts.rootTree(sha), components);
  };
  const readBytes = async (path: string): Promise<Buffer | undefined> => {
    const entry = await find(path);
    if (entry?.mode !== 'file' && entry?.mode !== 'executable') return undefined;
    return trees.blob(entry.id).catch((error: unknown) => {
      throw isPartialClone(error) ? partialClone(path) : error;
    });
  };
  return {
    sha,
    gitDirectory,
    commitTime: (other) => parts.commitTime(other),
    at: (other) => createSourceTree(other, parts),
    tags: () => parts.tags(),
    ancestorTags: (among) => parts.ancestorTags(sha, among),
    readBytes,
    async readText(path) {
      const bytes = await readBytes(path);
      return bytes === undefined ? undefined : decodeText(bytes, path);
    },
    async list(directory) {
      const entry = await find(directory);
      if (entry?.mode !== 'directory') return [];
      return trees.files(
        entry.id,
        parsePath(directory)
          .map((part) => `${part}/`)
          .join(''),
      );
    },
    async readLink(path) {
      const entry = await find(path);
      return entry?.mode === 'symlink' ? (await trees.blob(entry.id)).toString('utf8') : undefined;
    },
    async missingContent(directory) {
      const prefix = parsePath(directory)
        .map((part) => `${part}/`)
        .join('');
      return (await parts.missingContent(sha)).filter(({ path }) => path.startsWith(prefix));
    },
    async treeId(directory) {
      const entry = await find(directory);
      return entry?.mode === 'directory' ? entry.id : undefined;
    },
  };
}

/** Throws `InvalidInputError`, code `not-utf8`. Leaves a BOM out. */
export function decodeText(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError(
      { field: 'path', received: path, expected: 'a text file in UTF-8' },
      'not-utf8',
    );
  }
}
