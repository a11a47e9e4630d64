import type { SourceFiles } from '@ameide/versioning-core';

/** Reads each file once: the workspaces of several packages read the same files above them. */
export function remembering(files: SourceFiles): SourceFiles {
  const texts = new Map<string, Promise<string | undefined>>();
  const bytes = new Map<string, Promise<Uint8Array | undefined>>();
  return {
    list: async (directory) => files.list(directory),
    async readText(path) {
      const text = texts.get(path) ?? files.readText(path);
      texts.set(path, text);
      return text;
    },
    async readBytes(path) {
      const content = bytes.get(path) ?? files.readBytes(path);
      bytes.set(path, content);
      return content;
    },
  };
}
