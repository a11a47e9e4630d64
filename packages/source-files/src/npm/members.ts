import { matchesGlob } from 'node:path/posix';
import type { PackageManager } from './package-manager.ts';

/**
 * True if the patterns name the folder, by the rules of the package manager, each of which was
 * observed by running it (test/workspace-members.test.ts). The folder is relative to the
 * workspace's root.
 */
export function isNamed(
  folder: string,
  patterns: readonly string[],
  manager: PackageManager,
): boolean {
  if (SKIPPED[manager].test(folder)) return false;
  const { including, excluding } =
    manager === 'npm' ? npmGlobs(patterns) : globs(patterns, manager);
  // Bun opens a folder that a pattern spells out, whatever the others exclude.
  if (manager === 'bun' && including.includes(folder)) return true;
  return (
    including.some((glob) => includes(folder, glob, manager)) &&
    !excluding.some((glob) => excludes(folder, glob, manager))
  );
}

/** Folders in which each package manager ignores packages. */
const SKIPPED: Readonly<Record<PackageManager, RegExp>> = {
  npm: /(?:^|\/)node_modules(?:\/|$)/,
  pnpm: /(?:^|\/)(?:node_modules|bower_components)(?:\/|$)/,
  yarn: /(?:^|\/)(?:node_modules|\.git|\.yarn)(?:\/|$)/,
  bun: /(?:^|\/)node_modules(?:\/|$)/,
};

interface Globs {
  readonly including: readonly string[];
  readonly excluding: readonly string[];
}

function globs(patterns: readonly string[], manager: PackageManager): Globs {
  const including: string[] = [];
  const excluding: string[] = [];
  for (const pattern of patterns) {
    const { isNegated, text } = readMarks(pattern, manager);
    const glob = withoutDots(manager === 'pnpm' ? withoutEscapes(text) : text, manager);
    if (isNegated) excluding.push(glob);
    else including.push(withoutSlash(glob));
  }
  return { including, excluding };
}

/**
 * Does the same as npm's map-workspaces: a pattern takes back an earlier negation that matches its
 * text, and a negation removes the patterns whose text it matches.
 */
function npmGlobs(patterns: readonly string[]): Globs {
  let excluding: readonly string[] = [];
  const including: string[] = [];
  for (const pattern of patterns) {
    const { isNegated, text } = readMarks(pattern, 'npm');
    const glob = withoutSlash(text.replace(/^\.?\/+/, ''));
    if (isNegated) excluding = [...excluding, glob];
    else {
      excluding = excluding.filter((negation) => !matchesGlob(glob, negation));
      including.push(glob);
    }
  }
  const isRemoved = (glob: string): boolean =>
    excluding.some((negation) => matchesGlob(glob, negation));
  return { including: including.filter((glob) => !isRemoved(glob)), excluding };
}

/** For npm and Bun an even number of `!` negates nothing; the others look for a folder `!…`. */
function readMarks(
  pattern: string,
  manager: PackageManager,
): { readonly isNegated: boolean; readonly text: string } {
  const [marks = ''] = /^!*/.exec(pattern) ?? [];
  return manager === 'npm' || manager === 'bun'
    ? { isNegated: marks.length % 2 === 1, text: pattern.slice(marks.length) }
    : { isNegated: marks !== '', text: pattern.replace(/^!/, '') };
}

function withoutDots(glob: string, manager: PackageManager): string {
  return glob.replace(manager === 'yarn' ? /^\.\/+/ : /^(?:\.\/+)+/, '');
}

function withoutSlash(glob: string): string {
  return glob.replace(/\/+$/, '');
}

/** Node's own globs take a backslash for a slash, so `\[a\]` becomes `[[]a[]]`. */
function withoutEscapes(glob: string): string {
  return glob.replace(/\\(.)/g, '[$1]');
}

/** Yarn searches below the folder with which a pattern begins: `libs/**` does not name `libs`. */
function includes(folder: string, glob: string, manager: PackageManager): boolean {
  const start = manager === 'yarn' ? /^([^*?[(]+)\/\*\*$/.exec(glob)?.[1] : undefined;
  const isStart = start !== undefined && matchesGlob(folder, start);
  return matchesManifest(folder, glob) && !isStart;
}

function excludes(folder: string, glob: string, manager: PackageManager): boolean {
  if (matchesManifest(folder, withoutSlash(glob))) return true;
  return manager === 'yarn' && endsInName(glob) && isBelowMatch(folder, glob);
}

/** Yarn does not search a folder whose exclusion ends in a name without a wildcard. */
function endsInName(glob: string): boolean {
  return /(?:^|\/)[^/*?[\](){}!@+]+$/.test(glob);
}

function isBelowMatch(folder: string, glob: string): boolean {
  const parts = folder.split('/');
  return parts.some((_, index) => matchesGlob(parts.slice(0, index).join('/'), glob));
}

function matchesManifest(folder: string, glob: string): boolean {
  return matchesGlob(`${folder}/package.json`, `${glob}/package.json`);
}
