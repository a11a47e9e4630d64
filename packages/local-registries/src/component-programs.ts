import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Found } from './component.ts';

/** Finds the first program with one of these names: on PATH, then in Go's `bin` folders. */
export const program: (...names: readonly string[]) => Found = memoize((...names) => {
  for (const folder of searchPath()) {
    for (const name of names) {
      const path = join(folder, name);
      if (isProgram(path)) return { path, command: [path] };
    }
  }
  return undefined;
});

/** The folders of PATH, then those that `go install` writes to. */
export const searchPath: () => readonly string[] = memoize(() => {
  const path = pathFolders();
  const go = path.map((folder) => join(folder, 'go')).find(isProgram);
  if (go === undefined) return path;
  const [bin = '', workspaces = ''] = output(go, ['env', 'GOBIN', 'GOPATH']).split('\n');
  return [
    ...path,
    ...(bin === '' ? [] : [bin]),
    ...workspaces.split(delimiter).map((folder) => join(folder, 'bin')),
  ];
});

/**
 * Returns the folder, outside of the checkout and of PATH, for a server that takes minutes to
 * build, or whose program has the name of another.
 */
export function optionalFolder(name: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'ameide-publishing', 'optional', name);
}

/** Finds a program in such a folder. */
export function optionalProgram(folder: string, name: string): Found {
  const path = join(optionalFolder(folder), name);
  return isProgram(path) ? { path, command: [path] } : undefined;
}

/** The folders of PATH. */
export function pathFolders(): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** True if the file may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns stdout and stderr of a quick local command; empty if it cannot run. */
export function output(path: string, args: readonly string[]): string {
  const result = spawnSync(path, args, {
    encoding: 'utf8',
    timeout: 10_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return `${result.stdout ?? ''}${result.stderr ?? ''}`;
}

/** Returns a function that computes each answer once, and keeps it until the process ends. */
export function memoize<A extends readonly string[], R>(
  compute: (...names: A) => R,
): (...names: A) => R {
  const known = new Map<string, R>();
  return (...names) => {
    const key = names.join('\0');
    if (!known.has(key)) known.set(key, compute(...names));
    return known.get(key) as R;
  };
}
