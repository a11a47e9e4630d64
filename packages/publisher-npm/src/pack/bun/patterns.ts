import { basename } from 'node:path/posix';
import { InvalidInputError } from '@ameide/versioning-core';

/** A line of an ignore file, or an entry of `files`. */
export interface Pattern {
  /** True if it begins with `!`. */
  readonly isNegated: boolean;
  readonly onlyFolders: boolean;
  /** True if it has a slash that is not at its end: an ignore file names a path by it. */
  readonly isPath: boolean;
  readonly expression: RegExp;
}

/**
 * Reads a pattern of a file as `bun pm pack` does; undefined if it names nothing. Throws
 * `InvalidInputError`, code `npm-unsupported`, for syntax that hardly anyone uses.
 */
export function readPattern(text: string, file: string): Pattern | undefined {
  const bare = text.replace(/^!+/, '');
  const onlyFolders = bare.endsWith('/');
  const path = onlyFolders ? bare.slice(0, -1) : bare;
  const glob = path.replace(/^\//, '');
  if (glob === '') return undefined;
  const slash = path.indexOf('/');
  return {
    isNegated: bare !== text,
    onlyFolders,
    isPath: slash === 0 || (slash > 0 && slash < path.length - 1),
    expression: globExpression(glob, file),
  };
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

/** `@(a|b)`, `{1..3}`, `[[:digit:]]`, and `/!a`. */
const UNSUPPORTED = /^!|[@?*+!]\(|\{[^{}]*\.\.[^{}]*\}|\[\[:/;

/**
 * Translates a glob as Bun reads it: `*` and `?` name hidden files, too; `**` spans folders only if
 * it is a whole part of the path; braces nest; `\` escapes.
 */
function globExpression(glob: string, file: string): RegExp {
  try {
    if (!UNSUPPORTED.test(glob)) return new RegExp(`^${translate(glob)}$`, 'su');
  } catch {
    // Its braces do not close.
  }
  const expected = 'patterns of *, **, ?, [] and {} that closes and has no range';
  const hint = 'It is not known what Bun packs by such a pattern: write it in another way.';
  throw refusal(file, glob, expected, hint);
}

export function refusal(
  field: string,
  received: string,
  expected: string,
  hint: string,
): InvalidInputError {
  return new InvalidInputError({ field, received, expected, hint }, 'npm-unsupported');
}

/** The parts of a glob. What `span` names is whole folders; a brace may be one that is not opened. */
const TOKEN =
  /(?<span>(?<=^|[/{,])(?:\*\*\/)+(?:\*\*$)?|(?<=^|\/|[{,])\*\*$)|(?<star>\*+)|(?<one>\?)|\[(?<not>[!^]?)(?<set>\]?[^\]]*)\]|\\(?<escaped>.)|(?<brace>[{},])|(?<other>.)/gsu;

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t' };

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
    return escape(CONTROLS[escaped ?? ''] ?? escaped ?? other ?? '');
  });
}

function escape(character: string): string {
  return /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
}
