import { posix } from 'node:path';

/** A line of a `.dockerignore` with a pattern. */
export interface IgnoreLine {
  /** Counted from 1. */
  readonly line: number;
  /** The cleaned pattern; a leading `!` makes an exception. */
  readonly pattern: string;
}

/** True if a path, relative and with `/`, is left out of a build context. */
export type Ignores = (path: string) => boolean;

/** Reads a `.dockerignore` as BuildKit does: github.com/moby/patternmatcher, `ignorefile`. */
export function parseDockerignore(text: string): readonly IgnoreLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ line: index + 1, text: line.startsWith('#') ? '' : line.trim() }))
    .filter(({ text }) => text !== '')
    .map(({ line, text }) =>
      text.startsWith('!')
        ? { line, pattern: `!${cleanPattern(text.slice(1).trim())}` }
        : { line, pattern: cleanPattern(text) },
    );
}

/** Like Go's `filepath.Clean`, without the leading `/`. */
function cleanPattern(pattern: string): string {
  return pattern === '' ? '' : posix.normalize(pattern).replace(/^\/|\/$/g, '');
}

/**
 * True for a pattern that BuildKit refuses: an open `[`, a range from z to a, a `\` at the end, a
 * lone `!`. BuildKit accepts what Go's `filepath.Match` accepts.
 */
export function isMalformedPattern(pattern: string): boolean {
  return compile(pattern) === undefined;
}

/**
 * Returns a function that applies patterns by the rules of github.com/moby/patternmatcher: of the
 * patterns that match the path or a folder above it, the last one decides. Throws for a malformed
 * pattern.
 */
export function createIgnores(patterns: readonly string[]): Ignores {
  const rules = patterns.map((pattern) => {
    const rule = compile(pattern);
    if (rule === undefined) throw new Error(`the pattern ${pattern} is malformed`);
    return rule;
  });
  // Caches folders, because every path below a folder asks for it again.
  const known = new Map<string, readonly boolean[]>([['', rules.map(() => false)]]);
  const matchesOf = (path: string): readonly boolean[] => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const above = matchesOf(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    const matches = rules.map(({ glob }, index) => above[index] === true || glob.test(path));
    known.set(path, matches);
    return matches;
  };
  return (path) => {
    const matches = matchesOf(path);
    const last = rules.findLastIndex((_rule, index) => matches[index]);
    return rules[last]?.isException === false;
  };
}

interface Rule {
  readonly glob: RegExp;
  readonly isException: boolean;
}

function compile(pattern: string): Rule | undefined {
  const isException = pattern.startsWith('!');
  const glob = compileGlob(isException ? pattern.slice(1) : pattern);
  return glob === undefined ? undefined : { glob, isException };
}

const CLASS_ITEM = String.raw`(?:\\.|[^\\\]-])`;
const CLASS = String.raw`\[(?:\^|(?!\^))(?:${CLASS_ITEM}(?:-${CLASS_ITEM})?)+\]`;
const TOKEN = new RegExp(String.raw`\*\*/?|\\.|${CLASS}|[^\\[]`, 'gsuy');

/**
 * Compiles a glob of Go's `filepath.Match` with `**` for any number of folders; undefined if
 * malformed.
 */
export function compileGlob(glob: string): RegExp | undefined {
  const tokens = [...glob.matchAll(TOKEN)].map(([token]) => token);
  if (tokens.length === 0 || tokens.join('') !== glob) return undefined;
  // `**log` does not stop at the end of a folder: patternmatcher matches it at the end of any path.
  const anyStart = tokens[0] === '**' && tokens.slice(1).every((token) => !/^[*?[\\]/.test(token));
  const source = tokens.map((token, index) => {
    if (token.startsWith('**'))
      return index === tokens.length - 1 || (index === 0 && anyStart) ? '.*' : '(?:.*/)?';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.length > 1 && token.startsWith('[')) return classSource(token);
    return literal(token);
  });
  try {
    return new RegExp(`^${source.join('')}$`, 'su');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function classSource(token: string): string {
  const [, not = '', items = ''] = /^\[(\^?)(.*)\]$/su.exec(token) ?? [];
  return `[${not}${items.replace(/\\.|[^-]/gsu, literal)}]`;
}

/** Returns the regular expression for a character, or for one after a `\`. */
function literal(token: string): string {
  return `\\u{${(token.replace(/^\\(?=.)/su, '').codePointAt(0) ?? 0).toString(16)}}`;
}
