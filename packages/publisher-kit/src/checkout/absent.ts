import type { MissingContent, TreeFile } from '@ameide/versioning-core';
import { isFiltered, partialClone } from '../git/repository/partial-clone.ts';
import { readObjectSizes } from './object-sizes.ts';
import type { PrivateGit } from './private-git.ts';

/**
 * Separates the files whose content is not in the clone `source`, because a filter of `git clone`
 * left it out. `own` borrows the clone's objects. Throws `InvalidInputError` (`partial-clone`) if
 * one of them decides what git makes of the others.
 */
export async function findAbsent(
  files: readonly TreeFile[],
  source: string,
  own: PrivateGit,
): Promise<{ readonly absent: readonly TreeFile[]; readonly present: readonly TreeFile[] }> {
  if (!(await isFiltered(source))) return { absent: [], present: files };
  const blobs = files.filter(({ mode }) => mode !== 'submodule');
  const there = await readObjectSizes(
    own,
    blobs.map(({ objectId }) => objectId),
  );
  const isAbsent = ({ mode, objectId }: TreeFile): boolean =>
    mode !== 'submodule' && !there.has(objectId);
  const absent = files.filter(isAbsent);
  const needed = absent.find(({ path }) => /(?:^|\/)\.git(?:attributes|modules)$/.test(path));
  if (needed !== undefined) throw partialClone(needed.path);
  return { absent, present: files.filter((file) => !isAbsent(file)) };
}

/** What a checkout reports of a file that `findAbsent` found. */
export function leftOut({ path }: TreeFile): MissingContent {
  return { path, reason: 'partial-clone' };
}
