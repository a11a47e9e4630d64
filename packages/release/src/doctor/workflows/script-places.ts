import { posix } from 'node:path';
import type { ShellCommand } from '@ameide/source-files/workflows';
import { isComputed } from './calls.ts';

/** What a path of a script can begin with: folders by the names of variables, and its own folder. */
export interface ScriptPlaces {
  readonly variables: ReadonlyMap<string, string>;
  /** Undefined for what is no file: `$0` of a step is a file of the runner. */
  readonly own: string | undefined;
}

/** The script itself: `$0`, `${BASH_SOURCE[0]}`, `$(realpath "$0")`; without quotes. */
const SELF = String.raw`\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?(?::-\$0)?\})`;
const OWN = new RegExp(
  String.raw`^(?:\$\(\s*dirname\s+(?:--\s+)?(?:${SELF}|\$\(\s*(?:realpath|readlink\s+-f)\s+(?:--\s+)?${SELF}\s*\))\s*\)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})`,
);
const TOP = /^\$\(\s*git\s+rev-parse\s+--show-toplevel\s*\)/;
const CHANGED =
  /^\$\(\s*(?:CDPATH=\s+)?cd\s+(?:-P\s+|--\s+)*(.+?)\s*(?:[12&]?>\s*\/dev\/null\s*(?:2>&1\s*)?)?(?:&&|;)\s*pwd(?:\s+-[PL])?\s*\)/;
const VARIABLE = /^\$(?:\{(\w+)\}|(\w+))/;

/** The folders that the variables of a script name: `DIR="$(cd "$(dirname "$0")" && pwd)"`. */
export function placesOf(commands: readonly ShellCommand[], own: string | undefined): ScriptPlaces {
  const variables = new Map<string, string>();
  const places: ScriptPlaces = { variables, own };
  const seen = new Set<string>();
  for (const { name, value } of commands.flatMap(namedValues)) {
    const folder = pathFromRoot(value, places);
    // A name that means two folders means none.
    if (folder === undefined || seen.has(name)) variables.delete(name);
    else variables.set(name, folder);
    seen.add(name);
  }
  return places;
}

function namedValues({
  assignments,
  words,
}: ShellCommand): readonly { readonly name: string; readonly value: string }[] {
  const [first, ...rest] = words.map(({ value }) => value);
  const declared = /^(?:readonly|export|local|declare|typeset)$/.test(first ?? '') ? rest : [];
  return [
    ...assignments.map(({ name, value }) => ({ name, value: value.value })),
    ...declared.flatMap((one) => {
      const [, name, value] = /^(\w+)=([^]*)$/.exec(one) ?? [];
      return name === undefined || value === undefined ? [] : [{ name, value }];
    }),
  ];
}

/**
 * A path of the repository that a script writes from its own folder, from the root or from a variable that
 * names one: relative to the root. Undefined for every other path.
 */
export function pathFromRoot(written: string, places: ScriptPlaces): string | undefined {
  const text = written.replaceAll('"', '');
  const changed = CHANGED.exec(text);
  if (changed !== null)
    return below(pathFromRoot(changed[1] ?? '', places), text.slice(changed[0].length));
  const own = OWN.exec(text);
  if (own !== null) return below(places.own, text.slice(own[0].length));
  const top = TOP.exec(text);
  if (top !== null) return below('', text.slice(top[0].length));
  const [whole = '', braced, bare] = VARIABLE.exec(text) ?? [];
  const name = braced ?? bare;
  if (name === undefined) return undefined;
  const folder = name === 'GITHUB_WORKSPACE' ? '' : places.variables.get(name);
  return below(folder, text.slice(whole.length));
}

function below(folder: string | undefined, rest: string): string | undefined {
  if (folder === undefined || isComputed(rest) || (rest !== '' && !rest.startsWith('/')))
    return undefined;
  const path = posix.join('/', folder, rest).slice(1).replace(/\/$/, '');
  // `/` is not left by `..`, so a path outside of the repository would become one inside.
  return posix.join(folder, `./${rest}`).startsWith('..') ? undefined : path;
}
