import { join } from 'node:path';
import type { MissingContent } from '@ameide/versioning-core';
import { createWorkspace } from '../workspace/workspace.ts';
import { findAbsent, leftOut } from './absent.ts';
import { readAttributes } from './attributes.ts';
import type { CheckoutCommit } from './checkout.ts';
import { submoduleAddress } from './fetch-submodule.ts';
import { findPointers, openLfsStore, usesLfs } from './lfs.ts';
import { createPrivateGit, type PrivateGit } from './private-git.ts';
import { refusedByGit } from './refused-by-git.ts';
import { findSubmodule, listSubmodules, type Submodule } from './submodules.ts';

/**
 * Lists the files that a checkout of the commit would lack, offline, for a plan. Throws, as
 * `createCheckout` does, for what git or a requested fetch would refuse.
 */
export async function findMissing(
  commit: Omit<CheckoutCommit, 'time'>,
): Promise<readonly MissingContent[]> {
  const { files, gitDirectory: source, processes, sha, signal } = commit;
  await using folder = await createWorkspace();
  const gitDirectory = join(folder.directory, 'index.git');
  const index = await createPrivateGit({
    source,
    objectId: sha,
    gitDirectory,
    processes,
    signal,
  });
  await index.git(['read-tree', sha]).catch((error: unknown) => {
    throw refusedByGit(error, sha);
  });
  const { absent, present } = await findAbsent(files, source, index);
  const missing = [
    ...absent.map(leftOut),
    ...(await missingLfs({ ...commit, files: present }, index)),
  ];
  for (const submodule of await listSubmodules(files, sha, commit))
    missing.push(...(await missingOf(submodule, commit)));
  return missing;
}

async function missingLfs(
  { files, gitDirectory, processes, trees }: Omit<CheckoutCommit, 'time'>,
  index: PrivateGit,
): Promise<readonly MissingContent[]> {
  if (!(await usesLfs(files, trees))) return [];
  const store = await openLfsStore(gitDirectory, processes);
  const pointers = await findPointers(files, trees, async (names, paths) =>
    readAttributes(index, names, paths),
  );
  const missing: MissingContent[] = [];
  for (const pointer of pointers) {
    // U+FFFD replaces bytes that are not UTF-8. Such a file stays a pointer.
    const isNamed = !pointer.path.includes('\uFFFD');
    if (!isNamed || !(await store.has(pointer)))
      missing.push({ path: pointer.path, reason: 'lfs' });
  }
  return missing;
}

async function missingOf(
  submodule: Submodule,
  commit: Omit<CheckoutCommit, 'time'>,
): Promise<readonly MissingContent[]> {
  const { path, sha } = submodule;
  const found = await findSubmodule(submodule, commit);
  if (found === undefined) {
    const isFetched =
      commit.fetchesSubmodules === true && submoduleAddress(submodule, commit) !== undefined;
    return isFetched ? [] : [{ path, reason: 'submodule' }];
  }
  const opened = await commit.openSubmodule(found, sha);
  try {
    const inner = { gitDirectory: found, root: join(commit.root, path), sha };
    const lacking = await findMissing({ ...commit, ...opened, ...inner });
    return lacking.map((one) => ({ ...one, path: `${path}/${one.path}` }));
  } finally {
    await opened.close();
  }
}
