import { pathIn, type SourceTree, type TreeFile } from '@ameide/versioning-core';
import { buildBackend, requiredNames } from './build-system.ts';
import { type Table, tableAt } from './toml.ts';

/**
 * Files of the commit that the build backend certainly publishes, possibly among others. Selects
 * nothing: it only tells `validate` which files to check before the build. Determined by running
 * each backend (test/certain-files.test.ts). Paths are relative to the project's folder.
 */
export interface CertainFiles {
  /**
   * Everything in the folder, or in the first of these module folders that has an `__init__.py`.
   */
  readonly folders: 'all' | readonly string[];
  /** Files next to pyproject.toml that could change this. */
  readonly unless?: readonly string[];
  /** What can exclude a tracked file. */
  readonly except?: 'gitignore' | 'export-ignore';
}

/** Returns undefined if the build's own settings decide. */
export function certainFiles(root: Table, projectName: string): CertainFiles | undefined {
  const tool = tableAt(root, 'tool');
  const modules = moduleFolders(projectName);
  switch (buildBackend(root)) {
    case 'hatchling.build':
      return choosesSdistFiles(tableAt(tool, 'hatch', 'build'))
        ? undefined
        : { folders: 'all', unless: ['hatch.toml'], except: 'gitignore' };
    case 'mesonpy':
      return { folders: 'all', except: 'export-ignore' };
    case 'setuptools.build_meta':
      return requiredNames(root).has('setuptools-scm')
        ? { folders: 'all', unless: ['MANIFEST.in'], except: 'export-ignore' }
        : undefined;
    case 'flit_core.buildapi':
      return isEmpty(tableAt(tool, 'flit')) ? { folders: modules } : undefined;
    case 'uv_build':
      return isEmpty(tableAt(tool, 'uv', 'build-backend')) ? { folders: modules } : undefined;
    case 'poetry.core.masonry.api':
      return ['packages', 'include', 'exclude'].some((key) => key in tableAt(tool, 'poetry'))
        ? undefined
        : { folders: modules };
    case 'pdm.backend':
      return isEmpty(tableAt(tool, 'pdm', 'build')) ? { folders: modules } : undefined;
    default:
      return undefined;
  }
}

/**
 * True if the settings change which files go into the sdist. Settings only for the wheel do not
 * count, because the wheel takes its files from the sdist.
 */
function choosesSdistFiles(build: Table): boolean {
  const targets = Object.keys(tableAt(build, 'targets'));
  const settings = Object.keys(build).filter((key) => key !== 'targets' && key !== 'hooks');
  return settings.length > 0 || targets.includes('sdist');
}

function moduleFolders(projectName: string): readonly string[] {
  const module = projectName.toLowerCase().replaceAll(/[-.]/g, '_');
  return [`src/${module}`, module];
}

function isEmpty(table: Table): boolean {
  return Object.keys(table).length === 0;
}

/** Returns the certain files of the commit, with their paths in the repository. */
export async function listCertainFiles(
  source: SourceTree,
  directory: string,
  certain: CertainFiles | undefined,
): Promise<readonly TreeFile[]> {
  if (certain === undefined) return [];
  const files = await source.list(directory);
  const isThere = (path: string): boolean =>
    files.some((file) => file.path === pathIn(directory, path));
  const { except, folders, unless = [] } = certain;
  if (unless.some(isThere)) return [];
  const patterns = except === undefined ? [] : await exclusionPatterns(source, directory, except);
  const listed = folders === 'all' ? files : inFirstModule(files, directory, folders);
  const mayMatch = couldMatch(patterns);
  return listed.filter(({ path }) => !mayMatch(path));
}

function inFirstModule(
  files: readonly TreeFile[],
  directory: string,
  folders: readonly string[],
): readonly TreeFile[] {
  const module = folders
    .map((folder) => pathIn(directory, folder))
    .find((folder) => files.some(({ path }) => path === `${folder}/__init__.py`));
  return module === undefined ? [] : files.filter(({ path }) => path.startsWith(`${module}/`));
}

/**
 * Returns the patterns that exclude tracked files, from every ignore or attributes file of the
 * commit.
 */
async function exclusionPatterns(
  source: SourceTree,
  directory: string,
  except: NonNullable<CertainFiles['except']>,
): Promise<readonly string[]> {
  const name = except === 'gitignore' ? '.gitignore' : '.gitattributes';
  const inside = (await source.list(directory)).map(({ path }) => path);
  const parts = directory.split('/');
  const above = parts.map((_, depth) => [...parts.slice(0, depth), name].join('/'));
  const paths = [...above, ...inside.filter((path) => `/${path}`.endsWith(`/${name}`))];
  const texts = await Promise.all(paths.map((path) => source.readText(path)));
  const lines = texts.flatMap((text) => text?.split('\n') ?? []).map((line) => line.trim());
  const patterns = lines.filter((line) => line !== '' && !/^[#!]/.test(line));
  if (except === 'gitignore') return patterns;
  return patterns
    .filter((line) => /\sexport-ignore\b/.test(line))
    .map((line) => line.split(/\s/, 1)[0] ?? '');
}

/**
 * Tells if a pattern could match the file: its name or one of its folders matches the pattern's last part, and any
 * character matches a set. If this excludes a file by mistake, the check after the build finds it. A large
 * repository has thousands of files and of patterns, most of them repeated: each name is judged once.
 */
function couldMatch(patterns: readonly string[]): (path: string) => boolean {
  const likes = [...new Set(patterns.map(lastPartAsSource))].map((one) => new RegExp(one, 'i'));
  const known = new Map<string, boolean>();
  const matches = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const now = likes.some((like) => like.test(name));
    known.set(name, now);
    return now;
  };
  return (path) => path.split('/').some(matches);
}

function lastPartAsSource(pattern: string): string {
  const last =
    pattern
      .replace(/(?:\/\**)+$/, '')
      .split('/')
      .at(-1) ?? '';
  const source = last
    .replace(/\[[^\]]*\]/g, '?')
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return `^${source}$`;
}
