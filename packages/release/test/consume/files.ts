import type { SourceFiles } from '@ameide/versioning-core';

/** Files in memory. */
export function memoryFiles(files: Readonly<Record<string, string>>): SourceFiles {
  return {
    list: async (directory) =>
      Object.keys(files)
        .filter((path) => directory === '' || path.startsWith(`${directory}/`))
        .toSorted()
        .map((path) => ({ path, mode: 'file' })),
    readText: async (path) => files[path],
    readBytes: async (path) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
  };
}
