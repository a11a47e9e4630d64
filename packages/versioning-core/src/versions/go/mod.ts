// golang.org/x/mod/modfile, read.go, `readToken`: a token is a comment, punctuation, a string, or a
// run of visible characters up to a comment.
const TOKEN =
  /\/\/.*|[()[\]{},]|"(?:[^"\\]|\\.)*"|`[^`]*`|(?!["`])(?:(?!\/[/*]|[()[\]{},])[\p{L}\p{M}\p{N}\p{P}\p{S}])+/gsu;

// rule.go, `parseToFile`: `go` ignores all other blocks.
const BLOCKS = new Set([
  'module',
  'godebug',
  'require',
  'exclude',
  'replace',
  'retract',
  'tool',
  'ignore',
  // Only in a go.work.
  'use',
]);

/** One directive of a go.mod file. A line in a block gets the block's verb. */
export interface GoModDirective {
  /** Counted from 1. */
  readonly line: number;
  readonly verb: string;
  /** The arguments as written: see `goModString`. */
  readonly args: readonly string[];
}

/** A line of a go.mod file that `go` refuses, and the reason, phrased to follow "line 3:". */
export interface GoModError {
  readonly line: number;
  readonly reason: string;
}

/** The directives of a go.mod file, or the first line that `go` cannot parse. */
export type GoModSyntax =
  | { readonly directives: readonly GoModDirective[]; readonly error?: never }
  | { readonly directives?: never; readonly error: GoModError };

/**
 * Reads the directives of a go.mod file without comments. Keep the byte order mark when you decode
 * the text: `go` refuses one.
 */
export function parseGoModSyntax(text: string): GoModSyntax {
  const directives: GoModDirective[] = [];
  let block: { readonly line: number; readonly words: readonly string[] } | undefined;
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const words = wordsOf(content);
    if (words === undefined)
      return { error: { line, reason: 'it has a character or a quote too many' } };
    const [verb] = words;
    if (verb === undefined) continue;
    if (block === undefined) {
      if (words.length > 1 && words.at(-1) === '(') block = { line, words: words.slice(0, -1) };
      else if (!isEmptyBlock(words)) directives.push({ line, verb, args: words.slice(1) });
    } else if (verb === ')') {
      if (words.length > 1)
        return { error: { line, reason: 'something follows the ")" of a block' } };
      block = undefined;
    } else if (block.words.length === 1 && BLOCKS.has(block.words[0] ?? ''))
      directives.push({ line, verb: block.words[0] ?? '', args: words });
  }
  return block === undefined
    ? { directives }
    : { error: { line: block.line, reason: 'the block that begins there has no ")"' } };
}

function isEmptyBlock(words: readonly string[]): boolean {
  return words.length > 2 && words.at(-2) === '(' && words.at(-1) === ')';
}

function wordsOf(line: string): string[] | undefined {
  if (!/^[ \t\r]*$/.test(line.replace(TOKEN, ''))) return undefined;
  return (line.match(TOKEN) ?? []).filter((token) => !token.startsWith('//'));
}

/**
 * Returns a word of a directive without its double quotes. Returns undefined for other quotes and
 * for escapes, which no path and no version needs.
 */
export function goModString(word: string): string | undefined {
  const quoted = /^"([^"\\]*)"$/.exec(word)?.[1];
  return quoted ?? (/["'`]/.test(word) ? undefined : word);
}

/**
 * Returns the module path in a go.mod file, even if other lines have errors (as
 * `modfile.ModulePath`); undefined if there is none. Does not check the path.
 */
export function goModulePath(text: string): string | undefined {
  const { directives } = parseGoModSyntax(text);
  const [word] = directives?.find(({ verb }) => verb === 'module')?.args ?? [];
  return word === undefined
    ? /^[ \t]*module[ \t]+"?([^\s"`(]+)/m.exec(text)?.[1]
    : goModString(word);
}
