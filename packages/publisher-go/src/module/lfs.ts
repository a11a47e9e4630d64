import { inParallel } from '@ameide/publisher-kit';
import type { SourceTree } from '@ameide/versioning-core';
import type { ModuleContent } from './content.ts';

/**
 * The files that Git LFS stores: the commit holds a pointer to their content
 * (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). Paths below the module's folder.
 */
export async function findLfsFiles(
  source: SourceTree,
  directory: string,
  content: ModuleContent,
): Promise<readonly string[]> {
  if (!(await hasLfsAttribute(source, directory, content))) return [];
  // A pointer has less than 1024 bytes.
  const small = content.files.filter(({ mode, size = 0 }) => mode !== 'symlink' && size < 1024);
  const found = await inParallel(small, async ({ path }) =>
    isPointer(await content.read(path)) ? [path] : [],
  );
  return found.flat();
}

export function isPointer(bytes: Uint8Array | undefined): boolean {
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n/.test(
    new TextDecoder().decode(bytes?.subarray(0, 1024)),
  );
}

/** Without one, nothing is read of thousands of files. */
async function hasLfsAttribute(
  source: SourceTree,
  directory: string,
  content: ModuleContent,
): Promise<boolean> {
  const parts = directory === '' ? [] : directory.split('/');
  const above = parts.map((_, depth) => [...parts.slice(0, depth), '.gitattributes'].join('/'));
  const inside = content.files
    .map(({ path }) => path)
    .filter((path) => /(?:^|\/)\.gitattributes$/.test(path));
  const texts = await Promise.all([
    ...above.map(async (path) => source.readBytes(path)),
    ...inside.map(async (path) => content.read(path)),
  ]);
  return texts.some((bytes) => /\bfilter=lfs\b/.test(new TextDecoder().decode(bytes)));
}
