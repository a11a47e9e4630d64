import {
  type BundleFile,
  InvalidInputError,
  pathBelow,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';

/** A folder of the commit, and what a bundle takes of it. */
export interface Folder {
  readonly directory: string;
  /** Everything in it but git's own files, with repository paths, by their bytes. */
  readonly entries: readonly TreeFile[];
  /** Paths of the files among them, relative to the folder. */
  readonly paths: readonly string[];
}

// They steer git, and mean nothing where there is no repository; npm even renames a .gitignore when
// it installs a package.
const GIT_FILES = /(?:^|\/)\.git(?:ignore|attributes|keep|modules)$/;

/** Throws `InvalidInputError` when there is no file at the commit. */
export async function listFolder(source: SourceTree, directory: string): Promise<Folder> {
  const listed = await source.list(directory);
  const entries = listed.filter(({ path }) => !GIT_FILES.test(path));
  if (entries.length === 0) {
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected: `a directory with files at commit ${source.sha}`,
      hint: 'What is not committed is not published.',
    });
  }
  const paths = entries.filter(isFile).map(({ path }) => pathBelow(directory, path));
  return { directory, entries, paths };
}

/** Neither a link nor a submodule. */
export function isFile({ mode }: TreeFile): boolean {
  return mode === 'file' || mode === 'executable';
}

/** All files together: a bundle is in memory, once for all of its carriers. */
export const MAX_BUNDLE_BYTES: number = 64 << 20;

/** The files with their contents, or undefined when they have more than `MAX_BUNDLE_BYTES`. */
export async function readFolder(
  source: SourceTree,
  { directory, entries }: Folder,
): Promise<readonly BundleFile[] | undefined> {
  const files: BundleFile[] = [];
  let size = 0;
  for (const { mode, path: inRepository } of entries.filter(isFile)) {
    // One after the other, so that no more is read than is allowed.
    const content = await source.readBytes(inRepository);
    if (content === undefined)
      throw new Error(`${inRepository} is listed at commit ${source.sha} and cannot be read`);
    size += content.length;
    if (size > MAX_BUNDLE_BYTES) return undefined;
    const executable = mode === 'executable' ? { executable: true } : {};
    files.push({ path: pathBelow(directory, inRepository), content, ...executable });
  }
  return files;
}
