import picomatch from 'picomatch';

/** Patterns, and those that begin with `!`, which win. */
export interface Patterns {
  names(path: string): boolean;
  negates(path: string): boolean;
}

export type Verdict = 'none' | 'named' | 'negated';

/**
 * Reads patterns as `yarn pack` does: `!` at the start takes back, whatever the order, and a
 * pattern without a slash is matched with the last part of a path. Yarn uses micromatch 4, which
 * matches by picomatch 2. (picomatch 4 differs for some patterns with parentheses.)
 */
export function readPatterns(patterns: readonly string[]): Patterns {
  const negated = patterns.filter((pattern) => pattern.startsWith('!'));
  return {
    names: matcher(patterns.filter((pattern) => !pattern.startsWith('!'))),
    negates: matcher(negated.map((pattern) => pattern.slice(1))),
  };
}

export function verdictOf(path: string, patterns: Patterns): Verdict {
  if (patterns.negates(path)) return 'negated';
  return patterns.names(path) ? 'named' : 'none';
}

function matcher(patterns: readonly string[]): (path: string) => boolean {
  const options = { dot: true, nocase: true };
  const present = patterns.filter((pattern) => pattern !== '');
  const paths = picomatch(
    present.filter((pattern) => pattern.includes('/')),
    options,
  );
  const names = picomatch(
    present.filter((pattern) => !pattern.includes('/')),
    { ...options, basename: true },
  );
  return (path) => paths(path) || names(path);
}
