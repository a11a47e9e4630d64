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

/**
 * Hides what was stamped in a checkout of our own: a build that asks git for its version must get
 * the answer that a clone gives. `paths` are relative to `directory`, a folder of the checkout.
 * Throws as `hideChanges` does.
 */
export async function hideStamped(
  directory: string,
  paths: readonly string[],
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const call = callIn(directory, processes, signal);
  await hideChanges(paths, { git: async (args, input = '') => git(args, { ...call, input }) });
  signal?.throwIfAborted();
}

/**
 * Commits what was stamped in a checkout of our own, for a build that takes its files from HEAD.
 * `time` is the commit's, in seconds since 1970. Throws `GitError`.
 */
export async function commitStamped(
  directory: string,
  { message, time }: { readonly message: string; readonly time: number },
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const call = callIn(directory, processes, signal);
  const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
    [`GIT_${role}_NAME`, 'ameide-release'],
    [`GIT_${role}_EMAIL`, 'ameide-release@localhost'],
    [`GIT_${role}_DATE`, `${time} +0000`],
  ]);
  const env = { ...call.env, ...Object.fromEntries(who) };
  await git(['commit', '--quiet', '--all', '-m', message], { ...call, env });
  signal?.throwIfAborted();
}

function callIn(directory: string, processes: Processes, signal: AbortSignal | undefined): GitCall {
  const ending = signal === undefined ? {} : { signal };
  return { processes, directory, env: NO_CONFIGURATION, ...ending };
}
