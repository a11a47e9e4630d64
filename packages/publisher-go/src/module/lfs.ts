import { devNull } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, GitError, inParallel, type Processes } from '@ameide/publisher-kit';
import type { SourceTree } from '@ameide/versioning-core';
import type { ModuleContent } from './content.ts';

/**
 * The files below a module's folder that Git LFS stores, by the commit's own attributes: the commit
 * holds a pointer to their content (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
 */
export async function findLfsFiles(
  source: SourceTree,
  directory: string,
  content: ModuleContent,
  processes: Processes,
): Promise<readonly string[]> {
  if (!(await hasLfsAttribute(source, directory, content))) return [];
  const filtered = await filteredByLfs(source, processes);
  const prefix = directory === '' ? '' : `${directory}/`;
  const found = await inParallel(
    content.files.filter(({ path }) => filtered.has(prefix + path)),
    async ({ path }) => (isPointer(await content.read(path)) ? [path] : []),
  );
  return found.flat();
}

export function isPointer(bytes: Uint8Array | undefined): boolean {
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n/.test(
    new TextDecoder().decode(bytes?.subarray(0, 1024)),
  );
}

/** Most repositories have none, and need no further question. */
async function hasLfsAttribute(
  source: SourceTree,
  directory: string,
  content: ModuleContent,
): Promise<boolean> {
  const parts = directory === '' ? [] : directory.split('/');
  const above = parts.map((_, depth) => [...parts.slice(0, depth), '.gitattributes'].join('/'));
  const inside = content.files.map(({ path }) => path);
  const texts = await Promise.all([
    ...above.map(async (path) => source.readBytes(path)),
    ...inside
      .filter((path) => /(?:^|\/)\.gitattributes$/.test(path))
      .map(async (path) => content.read(path)),
  ]);
  return texts.some((bytes) => /\bfilter=lfs\b/.test(new TextDecoder().decode(bytes)));
}

/** Repository paths whose attribute `filter` is `lfs`: git decides, with an index of our own. */
async function filteredByLfs(
  source: SourceTree,
  processes: Processes,
): Promise<ReadonlySet<string>> {
  const { gitDirectory, sha } = source;
  await using folder = await createWorkspace();
  const git = async (args: readonly string[], input = ''): Promise<string> => {
    const { ok, stdoutText, summary } = await processes.run({
      argv: ['git', `--git-dir=${gitDirectory}`, ...args],
      cwd: gitDirectory,
      env: {
        GIT_INDEX_FILE: join(folder.directory, 'index'),
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_ATTR_NOSYSTEM: '1',
      },
      input,
    });
    if (!ok) throw new GitError(summary);
    return stdoutText;
  };
  await git(['read-tree', sha]);
  const paths = (await source.list('')).map(({ path }) => `${path}\0`).join('');
  // path NUL attribute NUL value NUL (git-check-attr(1), "OUTPUT")
  const answers = await git(['check-attr', '--cached', '--stdin', '-z', 'filter'], paths);
  return new Set([...answers.matchAll(/([^\0]+)\0filter\0lfs\0/g)].map(([, path = '']) => path));
}
