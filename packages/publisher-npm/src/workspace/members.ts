import { matchesGlob } from 'node:path/posix';
import type { PackageManager } from './package-manager.ts';

interface Globs {
  readonly including: readonly string[];
  readonly excluding: readonly string[];
}

/**
 * True if the patterns name the folder, by the rules of the package manager; never below
 * node_modules or bower_components. The folder is relative to the workspace's root.
 */
export function isNamed(
  folder: string,
  patterns: readonly string[],
  manager: PackageManager,
): boolean {
  if (/(?:^|\/)(?:node_modules|bower_components)(?:\/|$)/.test(folder)) return false;
  const { including, excluding } = manager === 'npm' ? npmGlobs(patterns) : globs(patterns);
  return (
    including.some((glob) => includes(folder, glob, manager)) &&
    !excluding.some((glob) => excludes(folder, glob, manager))
  );
}

function globs(patterns: readonly string[]): Globs {
  const bare = (pattern: string): string => pattern.replace(/^\.\/+/, '').replace(/\/+$/, '');
  const isNegated = (pattern: string): boolean => pattern.startsWith('!');
  return {
    including: patterns.filter((pattern) => !isNegated(pattern)).map(bare),
    excluding: patterns.filter(isNegated).map((pattern) => bare(pattern.slice(1))),
  };
}

/**
 * Does the same as npm's map-workspaces: an even number of `!` negates nothing, a pattern takes
 * back an earlier negation that matches its text, and a negation removes the patterns whose text it
 * matches.
 */
function npmGlobs(patterns: readonly string[]): Globs {
  let excluding: readonly string[] = [];
  const including: string[] = [];
  for (const pattern of patterns) {
    const [marks = ''] = /^!*/.exec(pattern) ?? [];
    const glob = pattern
      .slice(marks.length)
      .replace(/^\.?\/+/, '')
      .replace(/\/+$/, '');
    if (marks.length % 2 === 1) excluding = [...excluding, glob];
    else {
      excluding = excluding.filter((negation) => !matchesGlob(glob, negation));
      including.push(glob);
    }
  }
  const isRemoved = (glob: string): boolean =>
    excluding.some((negation) => matchesGlob(glob, negation));
  return { including: including.filter((glob) => !isRemoved(glob)), excluding };
}

/** Yarn matches the folder, so `libs/**` does not name `libs`; the others match a file in it. */
function includes(folder: string, glob: string, manager: PackageManager): boolean {
  return manager === 'yarn' ? matchesGlob(folder, glob) : matchesManifest(folder, glob);
}

/** In Yarn a negation without a wildcard excludes what is below the folder, too. */
function excludes(folder: string, glob: string, manager: PackageManager): boolean {
  const isBelow = manager === 'yarn' && folder.startsWith(`${glob}/`);
  return isBelow || matchesManifest(folder, glob);
}

function matchesManifest(folder: string, glob: string): boolean {
  return matchesGlob(`${folder}/package.json`, `${glob}/package.json`);
}
