import { InvalidInputError, type SourceFiles } from '@ameide/versioning-core';

/**
 * Reads each file once: the workspaces of several packages read the same files above them. Text that
 * cannot be read is passed to `onUnreadable`, once, and reads as if it were absent.
 */
export function remembering(
  files: SourceFiles,
  onUnreadable: (error: InvalidInputError, path: string) => void,
): SourceFiles {
  const texts = new Map<string, Promise<string | undefined>>();
  const bytes = new Map<string, Promise<Uint8Array | undefined>>();
  const read = async (path: string): Promise<string | undefined> => {
    try {
      return await files.readText(path);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      onUnreadable(error, path);
      return undefined;
    }
  };
  return {
    list: async (directory) => files.list(directory),
    async readText(path) {
      const text = texts.get(path) ?? read(path);
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
