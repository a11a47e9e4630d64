import {
  type BundleFile,
  InvalidInputError,
  pathBelow,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';
import { readPattern } from '@ameide/versioning-core/options';
import type { ConfigurationOptions } from './options.ts';

/** A folder of the commit, and the part of it that goes into a bundle. */
export interface Folder {
  readonly directory: string;
  /** What the patterns choose of it, without git's own files; repository paths, sorted by bytes. */
  readonly entries: readonly TreeFile[];
  /** The paths of the files, relative to the folder. */
  readonly paths: readonly string[];
  /** Patterns of `exclude` that name nothing. */
  readonly idle: readonly string[];
}

// These steer git and mean nothing outside a repository; npm even renames a .gitignore when it
// installs a package.
const GIT_FILES = /(?:^|\/)\.git(?:ignore|attributes|keep|modules)$/;

/**
 * Throws `InvalidInputError` if the commit has no file there, or none that a pattern of `include`
 * names.
 */
export async function listFolder(
  source: SourceTree,
  { directory, exclude = [], include }: ConfigurationOptions,
): Promise<Folder> {
  const listed = await source.list(directory);
  const present = listed.filter(({ path }) => !GIT_FILES.test(path));
  if (present.length === 0) {
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected: `a directory with files at commit ${source.sha}`,
      hint: 'Commit the files: only committed files are published.',
    });
  }
  const chosen = present.filter(chooser(present, directory, include));
  const excluded = exclude.map(readPattern);
  const entries = chosen.filter(
    ({ path }) => !excluded.some((matches) => matches(pathBelow(directory, path))),
  );
  if (entries.length === 0) throw nothingLeft(exclude);
  const paths = entries.filter(isFile).map(({ path }) => pathBelow(directory, path));
  const idle = exclude.filter(
    (_, index) => !present.some(({ path }) => excluded[index]?.(pathBelow(directory, path))),
  );
  return { directory, entries, paths, idle };
}

/** Each pattern must name something: a file that moved would be missing without a word. */
function chooser(
  present: readonly TreeFile[],
  directory: string,
  include: readonly string[] = ['**'],
): (file: TreeFile) => boolean {
  const patterns = include.map(readPattern);
  patterns.forEach((matches, index) => {
    if (present.some(({ path }) => matches(pathBelow(directory, path)))) return;
    throw new InvalidInputError({
      field: `include[${index}]`,
      received: include[index] ?? '',
      expected: `a pattern that names a file of ${directory} at this commit`,
      hint: 'Correct the pattern, or commit the file. Patterns are relative to the directory.',
    });
  });
  return ({ path }) => patterns.some((matches) => matches(pathBelow(directory, path)));
}

function nothingLeft(exclude: readonly string[]): InvalidInputError {
  return new InvalidInputError({
    field: 'exclude',
    received: exclude.join(', '),
    expected: 'patterns that leave a file to publish',
  });
}

/** True unless it is a link or a submodule. */
export function isFile({ mode }: TreeFile): boolean {
  return mode === 'file' || mode === 'executable';
}

/** The limit of all files in total: a bundle is in memory, once for all of its carriers. */
export const MAX_BUNDLE_BYTES: number = 64 << 20;

/** Returns the files with their contents, or undefined if they exceed `MAX_BUNDLE_BYTES`. */
export async function readFolder(
  source: SourceTree,
  { directory, entries }: Folder,
): Promise<readonly BundleFile[] | undefined> {
  const files: BundleFile[] = [];
  let size = 0;
  for (const { mode, path: inRepository } of entries.filter(isFile)) {
    // One after the other, to read no more than the limit.
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
