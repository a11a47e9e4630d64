import { git } from '../git/git-command.ts';
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
  const ending = signal === undefined ? {} : { signal };
  const call = { processes, directory, env: NO_CONFIGURATION, ...ending };
  await hideChanges(paths, { git: async (args, input = '') => git(args, { ...call, input }) });
  signal?.throwIfAborted();
}
