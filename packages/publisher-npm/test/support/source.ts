import { parseSha, type SourceTree } from '@ameide/versioning-core';
import { SHA } from './release.ts';

/** A commit's files as a literal. Objects are written as JSON. */
export function literalSource(
  files: Readonly<Record<string, string | object>>,
): SourceTree & { readonly reads: string[] } {
  const texts = new Map(
    Object.entries(files).map(([path, value]) => [
      path,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
  const reads: string[] = [];
  return {
    reads,
    sha: parseSha(SHA),
    gitDirectory: '/nowhere',
    async readText(path) {
      reads.push(path);
      return texts.get(path);
    },
    async readBytes(path) {
      const text = texts.get(path);
      return text === undefined ? undefined : Buffer.from(text);
    },
    async list(directory) {
      const below = [...texts.keys()].filter(
        (path) => directory === '' || path.startsWith(`${directory}/`),
      );
      return below
        .toSorted()
        .map((path) => ({ path, mode: 'file' as const, objectId: '0'.repeat(40) }));
    },
    treeId: async () => undefined,
    ancestorTags: async () => [],
    commitTime: async () => 0,
    at: () => literalSource(files),
  };
}
