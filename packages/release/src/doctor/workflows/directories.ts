import { posix } from 'node:path';
import type { ShellCommand } from '@ameide/source-files/workflows';
import { isComputed } from './calls.ts';

/**
 * The folder in which each command of a script runs, relative to the repository's root; undefined if a
 * variable says so. `cd` counts for what follows it in its subshell.
 */
export function directoriesOf(
  commands: readonly ShellCommand[],
  start: string | undefined,
): ReadonlyMap<ShellCommand, string | undefined> {
  const found = new Map<ShellCommand, string | undefined>();
  const current = new Map<number | undefined, string | undefined>([[undefined, start]]);
  for (const command of commands) {
    const { subshell } = command;
    if (!current.has(subshell)) current.set(subshell, current.get(undefined));
    const at = current.get(subshell);
    found.set(command, at);
    const [name, folder] = command.words.map(({ value }) => value);
    if (name === 'cd' || name === 'pushd') current.set(subshell, changed(at, folder));
    if (name === 'popd') current.set(subshell, undefined);
  }
  return found;
}

function changed(at: string | undefined, folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const fromRoot = folder.replace(/^\$\{?GITHUB_WORKSPACE\}?\/?/, '/');
  if (isComputed(fromRoot) || fromRoot.startsWith('-') || fromRoot.startsWith('~'))
    return undefined;
  if (fromRoot.startsWith('/'))
    return folder.startsWith('/') ? undefined : normal(fromRoot.slice(1));
  return at === undefined ? undefined : normal(posix.join(at, fromRoot));
}

/** `''` for the root. */
export function normal(path: string): string {
  const joined = posix.normalize(path === '' ? '.' : path).replace(/\/$/, '');
  return joined === '.' ? '' : joined.replace(/^\.\//, '');
}
