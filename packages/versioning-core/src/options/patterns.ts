import type { Check } from './check.ts';
import { custom } from './values.ts';

/** True for a file that a pattern names. */
type Matches = (path: string) => boolean;

/**
 * Reads a pattern as a line of a .gitignore in the published directory (gitignore(5)): `*.md` names
 * files and folders at any depth, a slash at the start or in the middle binds to the directory, one
 * at the end means folders alone, and a folder stands for everything below it. `{a,b}` means
 * either; git has no braces. Throws a `SyntaxError` for brackets and braces that do not close.
 */
export function readPattern(pattern: string): Matches {
  const isBound = pattern.slice(0, -1).includes('/');
  // What is in a folder is what the folder stands for; the folders in it are those at any depth.
  const path = pattern.replace(/(?<=.)\/\*\*$/, '/').replace(/(?<=.)\/\*\*\/$/, '/*/');
  const onlyFolders = path.endsWith('/');
  const glob = path.replace(/^\/|\/$/g, '');
  const expression = new RegExp(`^${isBound ? '' : '(?:.*/)?'}(?:${translate(glob)})$`, 'su');
  return (path) => {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1))
      if (expression.test(path.slice(0, end))) return true;
    return !onlyFolders && expression.test(path);
  };
}

/** What spans folders, other stars, a class of characters, an escape, a brace; else a character. */
const TOKEN =
  /(?<span>(?<=^|\/)\*\*(?:\/|$))|(?<star>\*+)|(?<one>\?)|\[(?<not>[!^]?)(?<set>\]?(?:\\.|[^\]\\])*)\]|\\(?<escaped>.)|(?<brace>[{},])|(?<other>.)/gsu;

function translate(glob: string): string {
  let depth = 0;
  return glob.replace(TOKEN, (...match) => {
    const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
    const { brace, escaped, not, one, other = '', set, span, star } = groups;
    if (span !== undefined) return span.endsWith('/') ? '(?:[^/]+/)*' : '.*';
    if (star !== undefined) return '[^/]*';
    if (one !== undefined) return '[^/]';
    if (set !== undefined) return `(?!/)[${not === '' ? '' : '^'}${characters(set)}]`;
    if (brace === '{') depth += 1;
    if (brace === '{') return '(?:';
    if (brace !== undefined && depth === 0) return escape(brace);
    if (brace === '}') depth -= 1;
    if (brace !== undefined) return brace === '}' ? ')' : '|';
    if (/[[\\]/.test(other)) throw new SyntaxError(`${other} without its end`);
    return escape(escaped ?? other);
  });
}

function characters(set: string): string {
  return set.replace(/\\?(.)/gsu, (_, one: string) => (one === '-' ? one : escape(one)));
}

function escape(character: string): string {
  return /[$()*+./?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
}

/** Checks a pattern. One that begins with `!` would depend on the others: `exclude` does that. */
export const pattern: Check<string> = custom<string>(
  (value) => typeof value === 'string' && isPattern(value),
  'a pattern of paths inside the directory as in .gitignore, without ! before it, for example *.md, /drafts or environments/**/*.yaml',
);

function isPattern(text: string): boolean {
  const parts = text.replace(/^\/|\/$/g, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return false;
  // POSIX names of classes are not read here.
  if (/^[!#]|^\s|\s$|\p{Cc}|\[[^\]]*\[:/u.test(text)) return false;
  try {
    readPattern(text);
    return true;
  } catch {
    return false;
  }
}
