import { posix } from 'node:path';
import { pathIn, type SourceFiles } from '@ameide/versioning-core';
import { readLeniently } from '../npm/find-root.ts';
import type { LockedEntry } from './graph.ts';

/** A path relative to a folder of the repository; undefined if it leads out of the repository. */
export function folderAt(directory: string, path: string): string | undefined {
  if (posix.isAbsolute(path)) return undefined;
  const folder = posix.join(directory, path).replace(/^\.$|\/$/, '');
  return folder === '..' || folder.startsWith('../') ? undefined : folder;
}

/** A folder of the repository with a manifest. */
export type NamedFolder = Pick<LockedEntry, 'name' | 'version' | 'source' | 'directory'>;

/** Reads what folders of the repository are as npm packages. Leaves out those without a name. */
export async function readNpmFolders(
  files: SourceFiles,
  folders: Iterable<string>,
): Promise<ReadonlyMap<string, NamedFolder>> {
  const found = new Map<string, NamedFolder>();
  for (const directory of new Set(folders)) {
    const { name, version } = await readLeniently(files, directory);
    if (typeof name !== 'string') continue;
    const stated = typeof version === 'string' ? version : '';
    found.set(directory, { name, version: stated, source: 'workspace', directory });
  }
  return found;
}

/** A file beside a lockfile. */
export async function readBeside(
  files: SourceFiles,
  directory: string,
  name: string,
): Promise<string | undefined> {
  return files.readText(pathIn(directory, name));
}
