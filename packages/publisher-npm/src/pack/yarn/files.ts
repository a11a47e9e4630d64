import { readdir, readFile } from 'node:fs/promises';
import { join, normalize, relative, resolve } from 'node:path/posix';
import { isObject, type Json, type JsonObject } from '@ameide/source-files/json';
import { configOf } from '../../manifest/read.ts';
import type { ChosenFile, Manifests, PackageFolder } from '../choose-files.ts';
import { leaves } from '../commands.ts';
import { type Patterns, readPatterns, type Verdict, verdictOf } from './patterns.ts';

/** Two lists of patterns; a path that `accept` names is not looked for in `reject`. */
interface Rules {
  readonly accept: Patterns;
  readonly reject: Patterns;
}

interface Walk {
  /** The package's folder. Paths and patterns are those of a file system that it is the root of. */
  readonly top: string;
  /** They decide first, and of folders alone. */
  readonly always: Rules;
  readonly hasFiles: boolean;
  isOtherProject(path: string): boolean;
}

const ALWAYS_ACCEPTED = ['package.json', 'readme', 'license', 'licence', 'changelog'].flatMap(
  (name) => (name === 'package.json' ? [`/${name}`] : [`/${name}`, `/${name}.*`]),
);
const ALWAYS_REJECTED =
  '/package.tgz .github .git .hg node_modules .npmignore .gitignore .#* .DS_Store .yarnrc.yml';

/**
 * Chooses as Yarn 4 does (`genPackList` in
 * https://github.com/yarnpkg/berry/blob/master/packages/plugin-pack/sources/packUtils.ts). Only the
 * commands and `publishConfig.executableFiles` are executable, whatever the mode of the others is.
 */
export async function yarnFiles(
  folder: PackageFolder,
  { source }: Manifests,
): Promise<readonly ChosenFile[]> {
  const { directory, root, toolFiles } = folder;
  const top = join(root, directory);
  const own = toolFiles
    .map((path) => relative(join('/', directory), join('/', path)))
    .filter((path) => !path.startsWith('..'))
    .map((path) => `/${path}`);
  const walk: Walk = {
    top,
    always: rules(ALWAYS_ACCEPTED, [...ALWAYS_REJECTED.split(' '), ...own]),
    hasFiles: Array.isArray(source['files']),
    isOtherProject: (path) => path !== '/' && folder.isProject(join(directory, path.slice(1))),
  };
  const paths = await filesBelow('/', [namedRules(source)], walk);
  const executables = executableFiles(source);
  return paths
    .map((path) => path.slice(1))
    .filter((path) => path !== 'package.json')
    .toSorted()
    .map((path) => ({ path, from: join(directory, path), executable: executables.has(path) }));
}

function rules(accept: readonly string[], reject: readonly string[]): Rules {
  return { accept: readPatterns(accept), reject: readPatterns(reject) };
}

/** What package.json names: entry points and commands, and `files`. */
function namedRules(manifest: JsonObject): Rules {
  const config = configOf(manifest);
  const entryPoints = ['main', 'module', 'browser', 'bin'].flatMap((field) => {
    const value = config[field] ?? manifest[field];
    return field === 'browser' && isObject(value)
      ? [...Object.keys(value), ...leaves(value)]
      : leaves(value);
  });
  const accept = entryPoints.map((path) => resolve('/', withSlashes(path)));
  const { files } = manifest;
  if (!Array.isArray(files)) return rules(accept, []);
  const listed = files.filter((entry: Json) => typeof entry === 'string') as readonly string[];
  return rules([...accept, ...inFolder(listed, '/')], ['/*']);
}

/** Reads lines as patterns: one with a slash is a path in the folder. */
function inFolder(lines: readonly string[], folder: string): readonly string[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, mark = '', pattern = ''] = /^(!?)(.*)$/s.exec(line) ?? [];
      return `${mark}${pattern.includes('/') ? resolve(folder, pattern) : pattern}`;
    });
}

async function filesBelow(
  folder: string,
  rulesAbove: readonly Rules[],
  walk: Walk,
): Promise<readonly string[]> {
  const entries = await readdir(join(walk.top, folder), { withFileTypes: true });
  const names = new Set(entries.map(({ name }) => name));
  if (names.has('package.json') && walk.isOtherProject(folder)) return [];
  const ignoreFile =
    walk.hasFiles && folder === '/'
      ? undefined
      : ['.npmignore', '.gitignore'].find((name) => names.has(name));
  const here = ignoreFile === undefined ? [] : [await readIgnoreFile(folder, ignoreFile, walk)];
  // In a folder that is ignored, only what a pattern accepts is packed.
  const below = isIgnored(folder, [walk.always, ...rulesAbove])
    ? [...rulesAbove, rules([], ['**/*'])]
    : [...here, ...rulesAbove];
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return isIgnored(path, [walk.always]) ? [] : filesBelow(path, below, walk);
      return entry.isFile() && !isIgnored(path, [walk.always, ...below]) ? [path] : [];
    }),
  );
  return found.flat();
}

async function readIgnoreFile(folder: string, name: string, { top }: Walk): Promise<Rules> {
  const text = await readFile(join(top, folder, name), 'utf8');
  return rules([], inFolder(text.split('\n'), folder));
}

/** The first list with a pattern for the path decides. */
function isIgnored(path: string, lists: readonly Rules[]): boolean {
  for (const { accept, reject } of lists) {
    const accepted: Verdict = verdictOf(path, accept);
    if (accepted !== 'none') return accepted === 'negated';
    const rejected = verdictOf(path, reject);
    if (rejected !== 'none') return rejected === 'named';
  }
  return false;
}

function executableFiles(manifest: JsonObject): ReadonlySet<string> {
  const listed = configOf(manifest)['executableFiles'];
  const paths = [...leaves(manifest['bin']), ...(Array.isArray(listed) ? leaves(listed) : [])];
  return new Set(paths.map((path) => normalize(withSlashes(path))));
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
