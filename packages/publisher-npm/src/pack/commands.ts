import { globSync } from 'node:fs';
import { basename, join } from 'node:path/posix';
import { isObject, type Json, type JsonObject } from '@ameide/source-files/json';

/** Normalises a manifest's path relative to the package: `./dist/../cli.js` becomes `cli.js`. */
export function inPackage(path: string): string {
  return join('/', path).slice(1);
}

/** Returns the files of the package's commands (`bin`), relative to the package. */
export function commandFiles(manifest: JsonObject): readonly string[] {
  return leaves(manifest['bin']).map(inPackage);
}

/** Returns every string in a value, however deep. */
export function leaves(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item));
  return isObject(value) ? Object.values(value).flatMap((item) => leaves(item)) : [];
}

/** Lists the files below `directories.bin` and `directories.man`, relative to the package. */
export function listBelow(folder: string, manifest: JsonObject): readonly string[] {
  return [namedFolder(manifest, 'bin'), namedFolder(manifest, 'man')].flatMap((directory) =>
    directory === undefined
      ? []
      : globSync(`${directory}/**`, { cwd: folder, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  );
}

/**
 * Fills in `bin` and `man` from `directories`, as npm does if the manifest has none
 * (https://docs.npmjs.com/cli/v11/configuring-npm/package-json#directories).
 */
export function withDirectories(manifest: JsonObject, paths: readonly string[]): JsonObject {
  const below = (kind: 'bin' | 'man'): readonly string[] => {
    const directory = namedFolder(manifest, kind);
    return directory === undefined
      ? []
      : paths.filter((path) => path.startsWith(`${directory}/`) && !isHidden(path));
  };
  const commands = below('bin').map((path) => [basename(path), path] as const);
  const pages = below('man').filter((path) => /\.\d$/.test(path));
  return {
    ...manifest,
    ...(commands.length > 0 && manifest['bin'] === undefined
      ? { bin: Object.fromEntries(commands) }
      : {}),
    ...(pages.length > 0 && manifest['man'] === undefined ? { man: pages } : {}),
  };
}

function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.'));
}

function namedFolder(manifest: JsonObject, kind: 'bin' | 'man'): string | undefined {
  const { directories } = manifest;
  const directory = isObject(directories) ? directories[kind] : undefined;
  return typeof directory === 'string' && directory !== '' ? inPackage(directory) : undefined;
}
