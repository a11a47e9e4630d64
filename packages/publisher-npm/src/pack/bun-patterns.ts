import { basename } from 'node:path/posix';

/** A line of an ignore file, or an entry of `files`. */
export interface Pattern {
  /** True if it begins with `!`. */
  readonly isNegated: boolean;
  readonly onlyFolders: boolean;
  /** True if it has a slash that is not at its end: an ignore file names a path by it. */
  readonly isPath: boolean;
  /** True if it begins with two stars and a slash: `files` names the last part of a path by it. */
  readonly isAnywhere: boolean;
  readonly expression: RegExp;
}

/** Reads a pattern as `bun pm pack` does; undefined for one that names nothing. */
export function readPattern(text: string): Pattern | undefined {
  const bare = text.replace(/^!+/, '');
  const isNegated = bare !== text;
  const isAnywhere = bare.startsWith('**/');
  const named = isAnywhere ? bare.slice('**/'.length) : bare;
  const onlyFolders = named.endsWith('/');
  const path = onlyFolders ? named.slice(0, -1) : named;
  const glob = path.replace(/^\//, '');
  if (glob === '') return undefined;
  const slash = path.indexOf('/');
  const isPath = slash === 0 || (slash > 0 && slash < path.length - 1);
  return { isNegated, onlyFolders, isPath, isAnywhere, expression: globExpression(glob) };
}

/** Decides with which patterns a path of the package is ignored; the last one wins. */
export function isIgnoredBy(
  patterns: readonly Pattern[],
  path: string,
  isFolder: boolean,
  isIgnored: boolean,
): boolean {
  return patterns
    .filter(({ onlyFolders }) => isFolder || !onlyFolders)
    .filter(({ expression, isPath }) => expression.test(isPath ? path : basename(path)))
    .reduce((_, { isNegated }) => !isNegated, isIgnored);
}

const NOTHING = /(?!)/;

/**
 * Translates a glob as Bun reads it: `*` and `?` name hidden files, too; `**` spans folders only if
 * it is a whole part of the path; braces nest; `\` escapes; there is nothing else.
 */
export function globExpression(glob: string): RegExp {
  try {
    return new RegExp(`^${translate(glob)}$`, 'su');
  } catch {
    // Brackets or braces that do not close name nothing.
    return NOTHING;
  }
}

const TOKEN =
  /(?<span>(?<=^|[/{,])(?:\*\*\/)+(?:\*\*$)?|(?<=^|\/|[{,])\*\*$)|(?<star>\*+)|(?<one>\?)|\[(?<not>[!^]?)(?<set>\]?[^\]]*)\]|\\(?<escaped>.)|(?<brace>[{},])|(?<other>.)/gsu;

function translate(glob: string): string {
  let depth = 0;
  return glob.replace(TOKEN, (...match) => {
    const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
    const { brace, escaped, not, one, other, set, span, star } = groups;
    if (span !== undefined) return span.endsWith('/') ? '(?:[^/]+/)*' : '.*';
    if (star !== undefined) return '[^/]*';
    if (one !== undefined) return '[^/]';
    if (set !== undefined) return `[${not === '' ? '' : '^'}${set.replace(/[[\]\\^]/g, '\\$&')}]`;
    if (brace === '{') depth += 1;
    if (brace === '{') return '(?:';
    if (brace !== undefined && depth === 0) return escape(brace);
    if (brace === '}') depth -= 1;
    if (brace !== undefined) return brace === '}' ? ')' : '|';
    return escape(escaped ?? other ?? '');
  });
}

function escape(character: string): string {
  return /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
}
