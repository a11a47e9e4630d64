import type { FoundPackage } from '@ameide/source-files/packages';
import type { Edit } from '@ameide/source-files/text';
import { InvalidInputError, pathIn } from '@ameide/versioning-core';
import { type GoModulePath, goModulePath, parseGoModulePath } from '@ameide/versioning-core/go';
import type { FileReader } from '../file-reader.ts';

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

/** The Go files of the module in a folder, without those of modules below it. */
export function goFilesOf(
  directory: string,
  packages: readonly FoundPackage[],
  { paths }: FileReader,
): readonly string[] {
  const prefix = pathIn(directory, '');
  const inner = packages
    .filter((one) => one.ecosystem === 'go' && one.directory !== directory)
    .map((one) => `${one.directory}/`)
    .filter((folder) => folder.startsWith(prefix) && folder !== '/');
  return paths.filter(
    (path) =>
      path.endsWith('.go') &&
      path.startsWith(prefix) &&
      !inner.some((folder) => path.startsWith(folder)),
  );
}

/** One import of a Go file: its path without quotes, and where that is. */
export interface GoImport {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The imports of a Go file: they come before every other declaration
 * (https://go.dev/ref/spec#Source_file_organization).
 */
export function goImports(text: string): readonly GoImport[] {
  const first = /^(?:func|var|const|type)\b/m.exec(text)?.index ?? text.length;
  const head = text.slice(0, first);
  return [...head.matchAll(/^import\s*(?:\(([^)]*)\)|([^\n(]*))/gm)].flatMap(
    ({ 0: all, 1: block, 2: single = '', index }) => {
      const body = block ?? single;
      const at = index + all.lastIndexOf(body);
      return [...body.matchAll(/^(?:\s*(?!\/\/)[\w.]*\s*)["`]([^"`\n]+)["`]/gm)].map((found) => {
        const path = found[1] ?? '';
        const start = at + found.index + found[0].length - 1 - path.length;
        return { path, start, end: start + path.length };
      });
    },
  );
}

/** Replaces a module's path in the imports of it and its packages. */
export function importEdits(text: string, from: string, to: string): readonly Edit[] {
  return goImports(text)
    .filter(({ path }) => path === from || path.startsWith(`${from}/`))
    .map(({ end, path, start }) => ({ start, end, text: `${to}${path.slice(from.length)}` }));
}
