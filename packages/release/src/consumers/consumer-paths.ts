import { matchesGlob } from 'node:path/posix';
import { publishersOf, type ReleaseDefinition } from '../definition/definition.ts';

/**
 * Returns a predicate on paths, relative to the repository's root: true for the files that `consumers` of the
 * definition means. By default these are all but those in the folders of the packages that it publishes.
 */
export function consumerPaths(definition: ReleaseDefinition): (path: string) => boolean {
  const { exclude = [], include } = definition.consumers ?? {};
  const published = publishedFolders(definition);
  const isIncluded =
    include === undefined
      ? (path: string) => !published.some((folder) => isIn(path, folder))
      : (path: string) => isNamed(path, include);
  return (path) => isIncluded(path) && !isNamed(path, exclude);
}

/** The folders of the packages and modules that a definition publishes; `''` for the root. */
export function publishedFolders(definition: ReleaseDefinition): readonly string[] {
  const folders = publishersOf(definition).flatMap((one) => [
    ...(one.package?.directory === undefined ? [] : [one.package.directory]),
    ...(one.goModule === undefined ? [] : [one.goModule.directory]),
  ]);
  return [...new Set(folders.map((folder) => (folder === '.' ? '' : folder)))];
}

/** A package in the root has the files of the root, and not every other package. */
function isIn(path: string, folder: string): boolean {
  return folder === '' ? !path.includes('/') : path.startsWith(`${folder}/`);
}

/** True if a glob names the file, or a folder that it is in. */
export function isNamed(path: string, globs: readonly string[]): boolean {
  const parts = path.split('/');
  return parts.some((_, index) => {
    const part = parts.slice(0, index + 1).join('/');
    return globs.some((glob) => matchesGlob(part, glob));
  });
}
