import { isBelow, type MissingContent, parseSha, type SourceTree } from '@ameide/versioning-core';
import type { FileContent } from './git-repository.ts';
import { TEST_SHA } from './release.ts';

export interface LiteralSource extends SourceTree {
  /** Every path that was read, in order. */
  readonly reads: readonly string[];
}

export interface LiteralOptions {
  readonly sha?: string;
  readonly tags?: readonly string[];
  /** The content that the clone lacks. */
  readonly missing?: readonly MissingContent[];
}

/**
 * Makes a fake `SourceTree` from literal files, without git. Objects are written as JSON; `{ link
 * }` is a symbolic link.
 */
export function literalSource(
  files: Readonly<Record<string, FileContent>>,
  options: LiteralOptions = {},
): LiteralSource {
  const { sha = TEST_SHA, tags = [], missing = [] } = options;
  const reads: string[] = [];
  const contentOf = (path: string): Uint8Array | undefined => {
    reads.push(path);
    const content = files[path];
    if (content === undefined || isLink(content)) return undefined;
    if (content instanceof Uint8Array) return content;
    return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  };
  const allTags = tags.map((tag) => ({ tag, sha: parseSha(sha) }));
  return {
    reads,
    sha: parseSha(sha),
    gitDirectory: '/nonexistent',
    readText: async (path) => {
      const content = contentOf(path);
      return content === undefined ? undefined : new TextDecoder().decode(content);
    },
    readBytes: async (path) => contentOf(path),
    readLink: async (path) => {
      const content = files[path];
      return isLink(content) ? content.link : undefined;
    },
    list: async (directory) =>
      Object.entries(files)
        .filter(([path]) => isBelow(directory, path))
        .map(([path, content]) => ({
          path,
          mode: isLink(content) ? ('symlink' as const) : ('file' as const),
          objectId: '0'.repeat(40),
        }))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    missingContent: async (directory) => missing.filter(({ path }) => isBelow(directory, path)),
    treeId: async (directory) =>
      Object.keys(files).some((path) => isBelow(directory, path)) ? '0'.repeat(40) : undefined,
    tags: async () => allTags,
    ancestorTags: async (among) =>
      allTags.filter(({ tag }) => among === undefined || among.includes(tag)),
    commitTime: async () => 0,
    at: (other) => literalSource(files, { ...options, sha: other }),
  };
}

function isLink(content: FileContent | undefined): content is { readonly link: string } {
  return typeof content === 'object' && 'link' in content;
}
