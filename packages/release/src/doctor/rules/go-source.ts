import type { Edit } from '@ameide/source-files/text';
import { InvalidInputError, pathIn } from '@ameide/versioning-core';
import { type GoModulePath, goModulePath, parseGoModulePath } from '@ameide/versioning-core/go';
import type { FileReader } from '../file-reader.ts';
import { goImports } from './go-imports.ts';

/** The module path of a go.mod; undefined if there is none, or go would refuse it. */
export async function modulePathOf(
  file: string,
  reader: FileReader,
): Promise<GoModulePath | undefined> {
  const text = await reader.text(file);
  const path = text === undefined ? undefined : goModulePath(text);
  if (path === undefined) return undefined;
  try {
    return parseGoModulePath(path);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/**
 * The Go files of the module in a folder, with its tests and examples: not those of modules below it, and
 * not those that `./...` leaves out (https://pkg.go.dev/cmd/go#hdr-Package_lists_and_patterns).
 */
export function goFilesOf(directory: string, { all }: FileReader): readonly string[] {
  const prefix = pathIn(directory, '');
  const inner = all
    .filter((path) => path.endsWith('/go.mod') && path.startsWith(prefix))
    .map((path) => path.slice(0, -'go.mod'.length))
    .filter((folder) => folder !== prefix);
  return all.filter(
    (path) =>
      path.endsWith('.go') &&
      path.startsWith(prefix) &&
      !LEFT_OUT.test(path.slice(prefix.length)) &&
      !inner.some((folder) => path.startsWith(folder)),
  );
}

const LEFT_OUT = /(?:^|\/)(?:[_.]|(?:testdata|vendor)\/)/;

/** Replaces a module's path in the imports of it and its packages. */
export function importEdits(text: string, from: string, to: string): readonly Edit[] {
  return goImports(text)
    .filter(({ path }) => isIn(path, from))
    .map(({ end, path, start }) => ({ start, end, text: `${to}${path.slice(from.length)}` }));
}

/** True for the path of a module, and of a package in it. */
export function isIn(path: string, module: string): boolean {
  return path === module || path.startsWith(`${module}/`);
}
