import { relative } from 'node:path/posix';
import type { Edit } from '@ameide/source-files/text';
import { folderOf } from '@ameide/versioning-core';
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import type { FileReader } from '../file-reader.ts';
import type { FileFix } from '../finding.ts';
import { uvFolders } from '../lockfiles/uv-folders.ts';

/**
 * The edits that write a project's new version into every uv.lock that takes it from its folder: `uv lock --check`
 * refuses another one.
 */
export async function uvLockFixes(
  directory: string,
  version: string,
  reader: FileReader,
): Promise<readonly FileFix[]> {
  const locks = await filesNamed(/(?:^|\/)uv\.lock$/, reader);
  return locks.flatMap(({ path, text }) => {
    const own = uvFolders(path, text).filter(({ folder }) => folder === directory);
    return fixOf(
      path,
      own.map(({ span }) => ({ ...span, text: version })),
    );
  });
}

/** A lockfile that repeats the versions of the workspace's packages. */
export interface NpmVersions {
  readonly path: string;
  readonly root: Node | undefined;
  /** Where it has them, by their folders. */
  readonly section: 'packages' | 'workspaces';
}

/** The lockfiles of npm and Bun; pnpm and Yarn do not repeat versions of the workspace. */
export async function npmVersions(reader: FileReader): Promise<readonly NpmVersions[]> {
  const locks = await filesNamed(
    /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|bun\.lock)$/,
    reader,
  );
  return locks.map(({ path, text }) => ({
    path,
    root: parseTree(text, [], { allowTrailingComma: true }),
    section: path.endsWith('.json') ? 'packages' : 'workspaces',
  }));
}

/**
 * The edits that write a package's new version into them. npm would write it at the next install, and Bun packs
 * `workspace:^` by it.
 */
export function npmVersionFixes(
  directory: string,
  version: string,
  locks: readonly NpmVersions[],
): readonly FileFix[] {
  return locks.flatMap(({ path, root, section }) => {
    const key = relative(folderOf(path), directory);
    const places = [...(key === '' ? [['version']] : []), [section, key, 'version']];
    const found = places.flatMap((place) => (root && findNodeAtLocation(root, place)) ?? []);
    return fixOf(
      path,
      found
        .filter(({ type }) => type === 'string')
        .map(({ length, offset }) => ({
          start: offset,
          end: offset + length,
          text: JSON.stringify(version),
        })),
    );
  });
}

/** Also in folders of tests and examples, which may lock the same packages. */
async function filesNamed(
  name: RegExp,
  { all, text }: FileReader,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  return Promise.all(
    all
      .filter((path) => name.test(path))
      .map(async (path) => ({ path, text: (await text(path)) ?? '' })),
  );
}

function fixOf(path: string, edits: readonly Edit[]): readonly FileFix[] {
  return edits.length === 0 ? [] : [{ path, edits }];
}
