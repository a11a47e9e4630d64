import { join } from 'node:path';
import { GitError } from '../git/git-command.ts';
import type { Processes, ProcessResult } from '../process/processes.ts';

/** Where to write a tree: a private git directory that sees the source repository's objects. */
export interface TreeStore {
  readonly gitDirectory: string;
  readonly processes: Processes;
  readonly signal: AbortSignal;
  /** Another git directory, whose objects are also read. */
  readonly borrowFrom?: string;
}

/**
 * Returns a file's text in a tree or commit, with its byte order mark; undefined if there is no such
 * file.
 */
export async function readText(
  tree: string,
  path: string,
  store: TreeStore,
): Promise<string | undefined> {
  const { ok, stdout } = await runIn(store, ['cat-file', 'blob', `${tree}:${path}`]);
  return ok ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(stdout) : undefined;
}

/** Runs git in the store, with its own index. */
export function runIn(
  { borrowFrom, gitDirectory, processes, signal }: TreeStore,
  args: readonly string[],
  { input = '', ...more }: RunMore = {},
): Promise<ProcessResult> {
  const borrowed =
    borrowFrom === undefined
      ? {}
      : { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(borrowFrom, 'objects') };
  return processes.run({
    argv: ['git', `--git-dir=${gitDirectory}`, ...args],
    cwd: more.cwd ?? gitDirectory,
    env: { GIT_INDEX_FILE: join(gitDirectory, 'index'), ...borrowed, ...more.env },
    input,
    signal,
    trust: 'all',
  });
}

interface RunMore {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs git in the store. Returns what it prints; throws `GitError` if it fails. */
export async function gitIn(
  store: TreeStore,
  args: readonly string[],
  more?: RunMore,
): Promise<string> {
  const { ok, stdoutText, summary } = await runIn(store, args, more);
  if (!ok) throw new GitError(summary);
  return stdoutText;
}
