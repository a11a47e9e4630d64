import {
  inParallel,
  type Processes,
  parseLfsPointer,
  readTreeAttributes,
  type TreeQuestion,
} from '@ameide/publisher-kit';
import { pathIn, type SourceTree } from '@ameide/versioning-core';
import type { ModuleContent } from './content.ts';

/** Files below a module's folder whose content in a checkout differs from the commit's. */
export interface ConvertedFiles {
  /**
   * Files that Git LFS stores: the commit has only a pointer to their content
   * (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md).
   */
  readonly lfs: readonly string[];
  /**
   * Files whose line ends, encoding or keywords are changed by an attribute from outside the folder
   * (gitattributes(5)). A repository with only the folder would not convert them.
   */
  readonly text: readonly string[];
}

/** Asks git, using the commit's own attributes. */
export async function findConvertedFiles(
  source: SourceTree,
  directory: string,
  content: ModuleContent,
  processes: Processes,
): Promise<ConvertedFiles> {
  if (!(await hasConversion(source, directory, content))) return { lfs: [], text: [] };
  const paths = content.files.flatMap(({ path, mode }) => (mode === 'symlink' ? [] : [path]));
  const { gitDirectory, sha } = source;
  const inRepository = await conversions(
    { gitDirectory, processes, tree: sha },
    paths.map((path) => pathIn(directory, path)),
  );
  const tree = (await source.treeId(directory)) ?? '';
  const inFolder = await conversions({ gitDirectory, processes, tree }, paths);
  const stored = await inParallel(
    paths.filter((_, at) => inRepository[at]?.includes('filter=lfs')),
    async (path) => (isPointer(await content.read(path)) ? [path] : []),
  );
  const textOf = (attributes: readonly string[] = []): string =>
    attributes.filter((one) => one !== 'filter=lfs').join();
  const text = paths.filter((_, at) => textOf(inRepository[at]) !== textOf(inFolder[at]));
  return { lfs: stored.flat(), text };
}

function isPointer(content: Uint8Array | undefined): boolean {
  return content !== undefined && parseLfsPointer(content) !== undefined;
}

const CONVERSION = /\bfilter=lfs\b|\beol=crlf\b|\bworking-tree-encoding=|(?:^|\s)ident\b/;

/** True if git must be asked. Most repositories have no such attribute. */
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

/** Returns the converting attributes of files in a tree, as `eol=crlf`. */
async function conversions(
  question: TreeQuestion,
  paths: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const found = await readTreeAttributes(question, ATTRIBUTES, paths);
  return paths.map((path) =>
    [...(found.get(path) ?? [])]
      .filter(([name, value]) => !UNCONVERTED.has(value) && (name !== 'filter' || value === 'lfs'))
      .map(([name, value]) => `${name}=${value}`),
  );
}
