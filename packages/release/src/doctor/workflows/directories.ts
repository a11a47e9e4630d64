import { posix } from 'node:path';
import type { ShellCommand } from '@ameide/source-files/workflows';
import { isComputed } from './calls.ts';
import type { Script } from './facts.ts';
import { pathFromRoot, placesOf, type ScriptPlaces } from './script-places.ts';

/**
 * The folder in which each command of a script runs, relative to the repository's root; undefined if a
 * variable says so. `cd` counts for what follows it in its subshell.
 */
export function directoriesOf({
  commands,
  directory,
  folder,
}: Pick<Script, 'commands' | 'directory' | 'folder'>): ReadonlyMap<
  ShellCommand,
  string | undefined
> {
  const places = placesOf(commands, folder);
  const found = new Map<ShellCommand, string | undefined>();
  const current = new Map<ShellCommand | number | undefined, string | undefined>([
    [undefined, directory],
  ]);
  for (const command of commands) {
    const { subshell, within } = command;
    // `$(cd x && pwd)` changes no folder for what follows it either.
    const shell = within ?? subshell;
    if (!current.has(shell))
      current.set(shell, within === undefined ? current.get(undefined) : found.get(within));
    const at = current.get(shell);
    found.set(command, at);
    const [name, to] = command.words.map(({ value }) => value);
    if (name === 'cd' || name === 'pushd') current.set(shell, changed(at, to, places));
    if (name === 'popd') current.set(shell, undefined);
  }
  return found;
}

function changed(
  at: string | undefined,
  to: string | undefined,
  places: ScriptPlaces,
): string | undefined {
  if (to === undefined) return undefined;
  const fromRoot = pathFromRoot(to, places);
  if (fromRoot !== undefined) return fromRoot;
  if (isComputed(to) || /^[-~/]/.test(to)) return undefined;
  return at === undefined ? undefined : normal(posix.join(at, to));
}

/** `''` for the root. */
export function normal(path: string): string {
  const joined = posix.normalize(path === '' ? '.' : path).replace(/\/$/, '');
  return joined === '.' ? '' : joined.replace(/^\.\//, '');
}
