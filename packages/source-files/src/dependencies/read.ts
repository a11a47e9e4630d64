import { InvalidInputError, type SourceFiles } from '@ameide/versioning-core';
import type { Dependencies, Dependency } from './dependency.ts';
import { UnreadableFile } from './found.ts';
import { readerOf } from './readers.ts';

/**
 * Reads what the files ask for: package.json, catalogs, pyproject.toml, Pipfile, requirements files, go.mod, go.work,
 * Dockerfiles and Compose files. `isIncluded` takes paths; by default, all files are read.
 */
export async function readDependencies(
  files: SourceFiles,
  isIncluded: (path: string) => boolean = () => true,
): Promise<Dependencies> {
  const dependencies: Dependency[] = [];
  const unread: { path: string; reason: string }[] = [];
  for (const { mode, path } of await files.list('')) {
    if (mode !== 'file' && mode !== 'executable') continue;
    if (readerOf(path) === undefined || !isIncluded(path)) continue;
    try {
      dependencies.push(...dependenciesOf(path, (await files.readText(path)) ?? ''));
    } catch (error) {
      if (!(error instanceof UnreadableFile || error instanceof InvalidInputError)) throw error;
      unread.push({ path, reason: error.message });
    }
  }
  return { dependencies, unread };
}

/** Reads one file, in the order of places. Throws `UnreadableFile`. */
export function dependenciesOf(path: string, text: string): readonly Dependency[] {
  const found = readerOf(path)?.(path, text) ?? [];
  return found
    .map(({ dependency }) => dependency)
    .toSorted((one, other) => one.place.start - other.place.start);
}
