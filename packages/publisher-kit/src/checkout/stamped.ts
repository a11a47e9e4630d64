import type { Processes } from '../process/processes.ts';
import { NO_CONFIGURATION } from './private-git.ts';

/**
 * Hides stamped files from `git status` and `git describe --dirty` in a checkout of our own: a build
 * that asks git for its version must get the answer that a clone gives. `paths` are relative to
 * `directory`, a folder of the checkout.
 */
export async function hideStamped(
  directory: string,
  paths: readonly string[],
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  await processes.run({
    argv: ['git', 'update-index', '--assume-unchanged', '-z', '--stdin'],
    cwd: directory,
    env: NO_CONFIGURATION,
    input: paths.map((path) => `${path}\0`).join(''),
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
}
