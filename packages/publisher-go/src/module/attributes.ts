import { devNull } from 'node:os';
import { join } from 'node:path';
import { createWorkspace, GitError, inParallel, type Processes } from '@ameide/publisher-kit';
import type { SourceTree } from '@ameide/versioning-core';
import type { ModuleContent } from './content.ts';

/** Files below a module's folder that a checkout has otherwise than the commit. */
export interface ConvertedFiles {
  /**
   * Those that Git LFS stores: the commit holds a pointer to their content
   * (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
   */
  readonly lfs: readonly string[];
  /**
   * Those whose line ends, encoding or keywords an attribute from outside the folder changes
   * (gitattributes(5)): the folder alone, as a repository, would not have them so.
   */
  readonly text: readonly string[];
}

/** Asks git, by the commit's own attributes. */
export async function findConvertedFiles(
  source: SourceTree,
  directory: string,
  content: ModuleContent,
  processes: Processes,
): Promise<ConvertedFiles> {
  if (!(await hasConversion(source, directory, content))) return { lfs: [], text: [] };
  const paths = content.files.flatMap(({ path, mode }) => (mode === 'symlink' ? [] : [path]));
  const prefix = directory === '' ? '' : `${directory}/`;
  const attributesOf = createAttributeReader(source.gitDirectory, processes);
  const inRepository = await attributesOf(source.sha, prefix, paths);
  const inFolder = await attributesOf((await source.treeId(directory)) ?? '', '', paths);
  const stored = await inParallel(
    paths.filter((path) => inRepository.get(path)?.includes('filter=lfs')),
    async (path) => (isPointer(await content.read(path)) ? [path] : []),
  );
  const textOf = (attributes: readonly string[] = []): string =>
    attributes.filter((one) => one !== 'filter=lfs').join();
  const text = paths.filter(
    (path) => textOf(inRepository.get(path)) !== textOf(inFolder.get(path)),
  );
  return { lfs: stored.flat(), text };
}

export function isPointer(bytes: Uint8Array | undefined): boolean {
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n/.test(
    new TextDecoder().decode(bytes?.subarray(0, 1024)),
  );
}

const CONVERSION = /\bfilter=lfs\b|\beol=crlf\b|\bworking-tree-encoding=|(?:^|\s)ident\b/;

/** Most repositories have no such attribute, and need no further question. */
async function hasConversion(
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
  return texts.some((bytes) => CONVERSION.test(new TextDecoder().decode(bytes)));
}

const ATTRIBUTES = ['filter', 'eol', 'working-tree-encoding', 'ident'];
const UNCONVERTED = new Set(['unspecified', 'unset', 'lf']);

type AttributeReader = (
  tree: string,
  prefix: string,
  paths: readonly string[],
) => Promise<ReadonlyMap<string, readonly string[]>>;

/** Reads the converting attributes of files in a tree, as `eol=crlf`, with an index of our own. */
function createAttributeReader(gitDirectory: string, processes: Processes): AttributeReader {
  return async (tree, prefix, paths) => {
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
    await git(['read-tree', tree]);
    const input = paths.map((path) => `${prefix}${path}\0`).join('');
    const answers = await git(['check-attr', '--cached', '--stdin', '-z', ...ATTRIBUTES], input);
    // path NUL attribute NUL value NUL (git-check-attr(1), "OUTPUT")
    const fields = [...answers.matchAll(/([^\0]*)\0([^\0]*)\0([^\0]*)\0/g)];
    const found = new Map<string, string[]>();
    for (const [, path = '', name = '', value = ''] of fields) {
      if (UNCONVERTED.has(value) || (name === 'filter' && value !== 'lfs')) continue;
      const below = path.slice(prefix.length);
      found.set(below, [...(found.get(below) ?? []), `${name}=${value}`]);
    }
    return found;
  };
}
