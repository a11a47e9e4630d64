import { matchesPathMajor, splitPathVersion } from '../names/go-path.ts';
import { formatGoSemver, parseShortGoSemver } from './go-semver.ts';
import type { GoRetraction } from './versions.ts';

// golang.org/x/mod/modfile, read.go, `readToken`: a comment, punctuation, a string, or a run of
// visible characters that ends where a comment begins.
const TOKEN =
  /\/\/.*|[()[\]{},]|"(?:[^"\\]|\\.)*"|`[^`]*`|(?!["`])(?:(?!\/[/*]|[()[\]{},])[\p{L}\p{M}\p{N}\p{P}\p{S}])+/gsu;

// rule.go, `parseToFile`: any other block says nothing.
const BLOCKS = new Set([
  'module',
  'godebug',
  'require',
  'exclude',
  'replace',
  'retract',
  'tool',
  'ignore',
]);

/**
 * The directives of a go.mod file, each as its verb and its words (see `goModString`); blocks
 * unfolded, comments left out. Undefined where `go` finds a syntax error. The text is decoded with
 * a byte order mark kept: `go` refuses one.
 */
export function goModDirectives(text: string): readonly (readonly string[])[] | undefined {
  const directives: (readonly string[])[] = [];
  let block: readonly string[] | undefined;
  for (const line of text.split('\n')) {
    const words = wordsOf(line);
    if (words === undefined) return undefined;
    if (words.length === 0) continue;
    if (block === undefined) {
      if (words.length > 1 && words.at(-1) === '(') block = words.slice(0, -1);
      else if (!isEmptyBlock(words)) directives.push(words);
    } else if (words[0] === ')') {
      if (words.length > 1) return undefined;
      block = undefined;
    } else if (block.length === 1 && BLOCKS.has(block[0] ?? ''))
      directives.push([...block, ...words]);
  }
  return block === undefined ? directives : undefined;
}

function isEmptyBlock(words: readonly string[]): boolean {
  return words.length > 2 && words.at(-2) === '(' && words.at(-1) === ')';
}

function wordsOf(line: string): string[] | undefined {
  if (!/^[ \t\r]*$/.test(line.replace(TOKEN, ''))) return undefined;
  return (line.match(TOKEN) ?? []).filter((token) => !token.startsWith('//'));
}

/**
 * A word of a directive without its double quotes. Undefined for other quotes, and for escapes,
 * which no path and no version needs.
 */
export function goModString(word: string): string | undefined {
  const quoted = /^"([^"\\]*)"$/.exec(word)?.[1];
  return quoted ?? (/["'`]/.test(word) ? undefined : word);
}

/**
 * The module path in a go.mod, also in one with errors elsewhere (as `modfile.ModulePath`);
 * undefined when there is none. Not checked.
 */
export function goModulePath(text: string): string | undefined {
  const [, word] = goModDirectives(text)?.find(([verb]) => verb === 'module') ?? [];
  return word === undefined
    ? /^[ \t]*module[ \t]+"?([^\s"`(]+)/m.exec(text)?.[1]
    : goModString(word);
}

/**
 * The `retract` directives of a dependency's go.mod, by `modfile.ParseLax`; undefined where that
 * refuses the file.
 */
export function parseRetractions(text: string): readonly GoRetraction[] | undefined {
  const directives = goModDirectives(text);
  const isRepeated = (name: string): boolean =>
    (directives ?? []).filter(([verb]) => verb === name).length > 1;
  if (directives?.every(isAccepted) !== true || isRepeated('module') || isRepeated('go'))
    return undefined;
  return directives.flatMap(([verb, ...words]) => (verb === 'retract' ? interval(words) : []));
}

// rule.go, `parseVersionInterval`. What it cannot read is passed over, for syntax that is still to
// come; so is what stands behind.
function interval(words: readonly string[]): GoRetraction[] {
  const [first] = words;
  const [, from, comma, to, close] = first === '[' ? words : ['[', first, ',', first, ']'];
  if (first === '(' || from === undefined || to === undefined || comma !== ',' || close !== ']')
    return [];
  const [low, high] = [goModString(from), goModString(to)];
  return low === undefined || high === undefined ? [] : [{ low, high }];
}

const GO_VERSION =
  /^(?:[1-9][0-9]*\.(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?(?:[a-z]+[0-9]+)?|v?[1-9][0-9]*\.(?:0|[1-9][0-9]*)[^0-9].*)$/;

// rule.go, `add`: what is refused even in a dependency.
function isAccepted([verb, ...args]: readonly string[]): boolean {
  const [first = '', second = ''] = args;
  if (verb === 'go') return args.length === 1 && GO_VERSION.test(first);
  if (verb === 'module' || verb === 'ignore')
    return args.length === 1 && goModString(first) !== undefined;
  return (
    verb !== 'require' ||
    (args.length === 2 && isRequirement(goModString(first), goModString(second)))
  );
}

function isRequirement(path: string | undefined, version: string | undefined): boolean {
  const module = path === undefined ? undefined : splitPathVersion(path);
  const semver = version === undefined ? undefined : parseShortGoSemver(version);
  if (module === undefined || semver === undefined) return false;
  return (
    (module.major === '' && semver.build === 'incompatible') ||
    matchesPathMajor(formatGoSemver(semver), module.major)
  );
}
