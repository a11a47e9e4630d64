import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { SourceFiles } from '@ameide/versioning-core';

/** The files of a folder. */
export function folderFiles(root: string): SourceFiles {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => relative(root, join(one.parentPath, one.name)).split(sep).join('/'));
  return sourceFiles(paths, (path) => {
    const file = join(root, path);
    return existsSync(file) && lstatSync(file).isFile() ? readFileSync(file) : undefined;
  });
}

/** Files by path. */
export function textFiles(files: Readonly<Record<string, string>>): SourceFiles {
  return sourceFiles(Object.keys(files), (path) =>
    Object.hasOwn(files, path) ? Buffer.from(files[path] ?? '') : undefined,
  );
}

function sourceFiles(
  paths: readonly string[],
  read: (path: string) => Buffer | undefined,
): SourceFiles {
  return {
    readText: async (path) =>
      read(path)
        ?.toString('utf8')
        .replace(/^\uFEFF/, ''),
    readBytes: async (path) => read(path),
    list: async (directory) =>
      paths
        .filter((path) => directory === '' || path.startsWith(`${directory}/`))
        .toSorted()
        .map((path) => ({ path, mode: 'file' as const })),
  };
}
