import { join } from 'node:path';
import { createWorkspace } from '../workspace/workspace.ts';
import { createPrivateGit, type PrivateGit, type PrivateGitOptions } from './private-git.ts';

/**
 * Returns the bytes of each object that is there, by its id. Asks a git directory of our own: it
 * has no remote, so git fetches nothing, and goes on after an object that a partial clone lacks. In
 * the clone itself it would end there, before the others.
 */
export async function readObjectSizes(
  own: PrivateGit,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, number>> {
  const input = [...new Set(ids)].map((id) => `${id}\n`).join('');
  const format = '--batch-check=%(objectname) %(objectsize)';
  const answers = await own.git(['cat-file', '--buffer', format], input);
  const found = answers.matchAll(/^([0-9a-f]+) (\d+)$/gm);
  return new Map(Array.from(found, ([, id = '', size]) => [id, Number(size)]));
}

/** Like `readObjectSizes`, of the objects that a clone has. Offline. */
export async function objectSizes(
  ids: Iterable<string>,
  clone: Pick<PrivateGitOptions, 'source' | 'processes' | 'signal'>,
): Promise<ReadonlyMap<string, number>> {
  await using folder = await createWorkspace();
  const gitDirectory = join(folder.directory, 'objects.git');
  return await readObjectSizes(await createPrivateGit({ ...clone, gitDirectory }), ids);
}
