import {
  folderOf,
  InvalidInputError,
  inputProblem,
  type Problem,
  type SourceFiles,
} from '@ameide/versioning-core';
import { compareText } from '../text/compare-text.ts';
import { isAside, isNeverOwn, isTemplate } from './aside.ts';
import type { FoundPackage } from './found-package.ts';
import { readGoModule } from './go-module.ts';
import { readNpmPackage } from './npm-package.ts';
import { type PythonFiles, readPythonProject } from './python-project.ts';
import { remembering } from './remembering.ts';
import { membersByName } from './workspaces.ts';

export interface FoundPackages {
  /** Sorted by directory, then by ecosystem. */
  readonly packages: readonly FoundPackage[];
  /** Manifests and workspaces that cannot be read, each once; the other packages are complete. */
  readonly problems: readonly Unreadable[];
}

/** Says why a file cannot be read. */
export type Unreadable = Problem & { readonly path: string };

const MANIFEST = /(?:^|\/)(?:package\.json|pyproject\.toml|setup\.cfg|setup\.py|go\.mod)$/;

/**
 * Finds every package of every ecosystem in the repository. Leaves out what is in folders of tests,
 * examples, templates and other people's code (`isAside`), unless a workspace outside of such folders
 * names the folder or its parent: `examples/*` does, `packages/**` does not.
 */
export async function findPackages(files: SourceFiles): Promise<FoundPackages> {
  const problems: Unreadable[] = [];
  const source = remembering(files, (error, path) => problems.push(unreadable(error, path)));
  const paths = (await source.list(''))
    .filter(({ mode }) => mode === 'file' || mode === 'executable')
    .map(({ path }) => path);
  const manifests = paths.filter((path) => MANIFEST.test(path) && !isNeverOwn(path));
  const isOutside = (path: string): boolean => !isAside(folderOf(path));
  const named = await membersByName(source, paths.filter(isOutside), problems);
  const own = manifests.filter((path) => isOutside(path) || named(path));
  const found = await Promise.all(
    [...byProject(own)].map(async ([, project]) => readProject(source, project, problems)),
  );
  return {
    packages: found.flat().toSorted(compare),
    problems: problems.toSorted((one, other) => compareText(one.path, other.path)),
  };
}

/** The Python files of a folder are one project; every other manifest is one. */
function byProject(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(paths, (path) =>
    /\.(?:json|mod)$/.test(path) ? path : `${folderOf(path)}/python`,
  );
}

async function readProject(
  source: SourceFiles,
  paths: readonly string[],
  problems: Unreadable[],
): Promise<readonly FoundPackage[]> {
  const texts: Record<string, string> = {};
  for (const path of paths) {
    const text = await source.readText(path);
    if (text !== undefined) texts[path] = text;
  }
  if (Object.keys(texts).length === 0) return [];
  try {
    const found = readManifests(texts);
    return found === undefined || isTemplate(found.name) ? [] : [found];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const { field } = error;
    const path = paths.find((one) => field.startsWith(one)) ?? field;
    if (!isTemplate(texts[path] ?? '')) problems.push(unreadable(error, path));
    return [];
  }
}

function readManifests(texts: Readonly<Record<string, string>>): FoundPackage | undefined {
  const [[path, text] = ['', '']] = Object.entries(texts);
  if (path.endsWith('.json')) return readNpmPackage(path, text);
  if (path.endsWith('.mod')) return readGoModule(path, text);
  const files: PythonFiles = Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
  );
  return readPythonProject(folderOf(path), files);
}

function unreadable(error: InvalidInputError, path: string): Unreadable {
  return { ...inputProblem(error, { code: 'manifest-unreadable' }), path };
}

function compare(one: FoundPackage, other: FoundPackage): number {
  return compareText(one.directory, other.directory) || compareText(one.ecosystem, other.ecosystem);
}
