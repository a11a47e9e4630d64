import { readPattern } from '@ameide/versioning-core/options';

/** Patterns of files, as lines of a .gitignore in the directory. */
export interface Patterns {
  /** Default: every file. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** What the patterns leave of a directory. */
export interface Selection {
  /** `path` is relative to the directory. A folder is left out only if nothing in it can be chosen. */
  readonly isLeftOut: (path: string, isFolder?: boolean) => boolean;
  /** The patterns of an option that have named nothing so far. */
  readonly unused: (option: keyof Patterns) => readonly string[];
}

/** Folders that are never part of an image made from files. */
const LEFT_OUT = new Set(['.git', 'node_modules']);

/** True for a path that an image always leaves out. */
export function isNeverPublished(path: string): boolean {
  return path.split('/').some((part) => LEFT_OUT.has(part));
}

export function select({ include, exclude = [] }: Patterns): Selection {
  const used = { include: new Set<string>(), exclude: new Set<string>() };
  const matchers = (option: keyof Patterns, patterns: readonly string[]) =>
    patterns.map((pattern) => {
      const matches = readPattern(pattern);
      return (path: string): boolean => {
        const isNamed = matches(path);
        if (isNamed) used[option].add(pattern);
        return isNamed;
      };
    });
  const included = matchers('include', include ?? []);
  const excluded = matchers('exclude', exclude);
  // `some` would stop at the first: a pattern after it would count as unused.
  const areNamed = (by: typeof included, path: string): boolean =>
    by.map((names) => names(path)).includes(true);
  return {
    isLeftOut(path, isFolder = false) {
      if (isNeverPublished(path)) return true;
      if (areNamed(excluded, isFolder ? `${path}/` : path)) return true;
      return !isFolder && include !== undefined && !areNamed(included, path);
    },
    unused: (option) =>
      ((option === 'include' ? include : exclude) ?? []).filter((one) => !used[option].has(one)),
  };
}
