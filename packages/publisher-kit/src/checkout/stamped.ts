import { dirname } from 'node:path';
import { type GitCall, git } from '../git/git-command.ts';
import type { Processes } from '../process/processes.ts';
import { NO_CONFIGURATION, type PrivateGit } from './private-git.ts';

/**
 * Hides changes of files from `git status` and `git describe --dirty`. Throws `GitError`, also for a
 * file that git does not track.
 */
export async function hideChanges(
  paths: readonly string[],
  { git }: Pick<PrivateGit, 'git'>,
): Promise<void> {
  const input = paths.map((path) => `${path}\0`).join('');
  await git(['update-index', '--assume-unchanged', '-z', '--stdin'], input);
}

/** A folder of a checkout of our own. Both paths are absolute. */
export interface CheckoutFolder {
  readonly checkout: string;
  readonly directory: string;
}

/**
 * Hides what was stamped in a checkout of our own: a build that asks git for its version must get
 * the answer that a clone gives. `paths` are relative to `directory`.
 * Throws as `hideChanges` does.
 */
export async function hideStamped(
  folder: CheckoutFolder,
  paths: readonly string[],
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const call = callIn(folder, processes, signal);
  await hideChanges(paths, { git: async (args, input = '') => git(args, { ...call, input }) });
  signal?.throwIfAborted();
}

/**
 * Commits what was stamped in a checkout of our own, for a build that takes its files from HEAD.
 * `time` is the commit's, in seconds since 1970. Throws `GitError`.
 */
export async function commitStamped(
  folder: CheckoutFolder,
  { message, time }: { readonly message: string; readonly time: number },
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const call = callIn(folder, processes, signal);
  const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'ameide-release'],
    [`GIT_${role}_EMAIL`, 'ameide-release@localhost'],
    [`GIT_${role}_DATE`, `${time} +0000`],
  ]);
  const env = { ...call.env, ...Object.fromEntries(who) };
  await git(['commit', '--quiet', '--all', '-m', message], { ...call, env });
  signal?.throwIfAborted();
}

function callIn(
  { checkout, directory }: CheckoutFolder,
  processes: Processes,
  signal: AbortSignal | undefined,
): GitCall {
  // A program may have removed the checkout's .git; a repository around it is the user's.
  const env = { ...NO_CONFIGURATION, GIT_CEILING_DIRECTORIES: dirname(checkout) };
  return { processes, directory, env, signal };
}
