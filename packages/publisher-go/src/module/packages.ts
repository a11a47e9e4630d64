import { inParallel } from '@ameide/publisher-kit';
import { folderOf, isBelow, pathBelow, pathIn } from '@ameide/versioning-core';
import type { GoModuleFile } from '@ameide/versioning-core/go';
import type { ModuleContent } from './content.ts';
import { isEmbedded, parseGoSource } from './source-text.ts';

/** A file that consumers cannot compile, because the module lacks something that it needs. */
export type Uncompilable =
  | { readonly kind: 'link'; readonly path: string }
  | { readonly kind: 'import' | 'embed'; readonly path: string; readonly what: string };

export interface PackagesQuestion {
  readonly modulePath: string;
  /** Paths of the modules that this one requires; an imported package may be in one of them. */
  readonly required: readonly string[];
  readonly content: ModuleContent;
  /** The module's files that go into its zip. */
  readonly published: readonly GoModuleFile[];
  /** True if `build` may still add files at a path, so that we cannot decide about it. */
  readonly mayChange: (path: string) => boolean;
}

/**
 * Finds what consumers certainly cannot compile, without a compiler: a source file that is a link,
 * because `go` leaves links out; an import of a package of this module whose folder has no Go file;
 * a `//go:embed` pattern that matches no file. Does not read files with a build constraint, tests,
 * and folders that `go` ignores.
 */
export async function findUncompilable(
  question: PackagesQuestion,
): Promise<readonly Uncompilable[]> {
  const { content, published, mayChange } = question;
  const packages = packageFolders(published);
  const links = content.files.filter(
    ({ path, mode }) =>
      mode === 'symlink' && isPackageFile(path) && packages.has(folderOf(path)) && !mayChange(path),
  );
  const sources = published.filter(({ path }) => path.endsWith('.go') && isPackageFile(path));
  const missing = await inParallel(sources, async ({ path }) => {
    const bytes = mayChange(path) ? undefined : await content.read(path);
    const source = bytes && parseGoSource(new TextDecoder().decode(bytes));
    if (source === undefined) return [];
    const folder = folderOf(path);
    const isMissing = (pattern: string): boolean =>
      !mayChange(pathIn(folder, pattern.replace(/^all:/, ''))) &&
      !published.some(
        (file) => isBelow(folder, file.path) && isEmbedded(pattern, pathBelow(folder, file.path)),
      );
    return [
      ...source.imports
        .filter((name) => isMissingPackage(name, packages, question))
        .map((what) => ({ kind: 'import' as const, path, what })),
      ...source.embeds.filter(isMissing).map((what) => ({ kind: 'embed' as const, path, what })),
    ];
  });
  return [...links.map(({ path }) => ({ kind: 'link' as const, path })), ...missing.flat()];
}

/**
 * Returns the folders with a Go file that is not a test, also `testdata` and names that begin with
 * `_` or `.`: patterns such as `./...` skip them, but an import does not.
 */
export function packageFolders(files: readonly GoModuleFile[]): ReadonlySet<string> {
  const sources = files.filter(({ path }) => path.endsWith('.go') && isPackageName(path));
  return new Set(sources.map(({ path }) => folderOf(path)));
}

// https://pkg.go.dev/cmd/go#hdr-File_types, and the files that go/build compiles with cgo.
const SOURCE = /\.(?:go|[cmsSfFh]|sx|cc|cpp|cxx|hh|hpp|hxx|for|f90|swig|swigcxx)$/;

/** True if `go` certainly compiles a file for the module's users. */
export function isPackageFile(path: string): boolean {
  const folders = path.split('/').slice(0, -1);
  return isPackageName(path) && !folders.some((one) => /^[._]/.test(one) || one === 'testdata');
}

/** True if a file of this name is part of its folder's package. */
function isPackageName(path: string): boolean {
  return SOURCE.test(path) && !path.endsWith('_test.go') && !/(?:^|\/)[._][^/]*$/.test(path);
}

function isMissingPackage(
  name: string,
  packages: ReadonlySet<string>,
  { modulePath, required, content, mayChange }: PackagesQuestion,
): boolean {
  if (name !== modulePath && !name.startsWith(`${modulePath}/`)) return false;
  // The longest module path wins: https://go.dev/ref/mod#resolve-pkg-mod.
  if (required.some((path) => path.length > modulePath.length && `${name}/`.startsWith(`${path}/`)))
    return false;
  const folder = name.slice(modulePath.length + 1);
  return !packages.has(folder) && !mayChange(folder) && !isInNestedModule(folder, content);
}

/**
 * True for a folder in a nested module, which a consumer's `go` finds by itself if it is published.
 */
function isInNestedModule(folder: string, { files }: ModuleContent): boolean {
  return files.some(
    ({ path }) =>
      path.endsWith('/go.mod') && `${folder}/`.startsWith(path.slice(0, -'go.mod'.length)),
  );
}
