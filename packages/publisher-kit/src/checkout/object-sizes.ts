import { join } from 'node:path';
import { git } from '../git/git-command.ts';
import { isFiltered } from '../git/repository/partial-clone.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import {
  createPrivateGit,
  NO_CONFIGURATION,
  type PrivateGit,
  type PrivateGitOptions,
} from './private-git.ts';

/** Returns the bytes of each object that is there, by its id. */
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
  ids: readonly string[],
  clone: Pick<PrivateGitOptions, 'source' | 'processes' | 'signal'>,
): Promise<ReadonlyMap<string, number>> {
  const { source } = clone;
  const [objectId] = ids;
  if (objectId === undefined) return new Map();
  if (!(await isFiltered(source))) {
    const call = { ...clone, directory: source, gitDirectory: source, env: NO_CONFIGURATION };
    return readObjectSizes({ git: async (args, input = '') => git(args, { ...call, input }) }, ids);
  }
  // In the clone itself git would end at an object that is not there, before the others. A git
  // directory of our own has no remote to fetch it from, so git goes on.
  await using folder = await createWorkspace();
  const gitDirectory = join(folder.directory, 'objects.git');
  return await readObjectSizes(await createPrivateGit({ ...clone, objectId, gitDirectory }), ids);
}
