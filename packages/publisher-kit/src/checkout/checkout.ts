import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import type { MissingContent, TreeFile } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import { GitError } from '../git/git-command.ts';
import type { TreeReader } from '../git/tree-reader.ts';
import { sourceDateEpoch } from '../process/build-environment.ts';
import { readAttributes, readTreeAttributes } from './attributes.ts';
import { findPointers, openLfsStore, usesLfs } from './lfs.ts';
import { copyTags, createPrivateGit, type PrivateGit } from './private-git.ts';
import { type CloneFolders, findSubmodule, listSubmodules } from './submodules.ts';

/** A commit of a repository, as `createCheckout` needs it. */
export interface CheckoutCommit extends CloneFolders {
  readonly sha: string;
  /** Committer time, Unix seconds. */
  readonly time: number;
  /** Every file of the commit. */
  readonly files: readonly TreeFile[];
  readonly trees: TreeReader;
  /** The address that `origin` gets: without credentials. */
  readonly remoteUrl?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opens the repository of a submodule at a commit. */
  openSubmodule(gitDirectory: string, sha: string): Promise<OpenedSubmodule>;
}

export type OpenedSubmodule = Pick<CheckoutCommit, 'time' | 'files' | 'trees'> & {
  close(): Promise<void>;
};

/**
 * Lays a commit out in an empty folder as git itself does it, with a `.git` of its own: objects are
 * borrowed from the clone, the clone's tags are there, HEAD is detached at the commit. Nothing of
 * anybody's configuration has a part in it: no hook, no filter but Git LFS, whose content comes from
 * the clone's own store. Submodules come from the clone. Modes are 0644 and 0755 whatever the umask,
 * and every time is the commit's. Returns what could not be laid out.
 */
export async function createCheckout(
  commit: CheckoutCommit,
  directory: string,
): Promise<readonly MissingContent[]> {
  if (readdirSync(directory).length > 0) {
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected: 'an empty directory to check out into',
    });
  }
  return layOut(commit, directory, join(directory, '.git'));
}

async function layOut(
  commit: CheckoutCommit,
  directory: string,
  gitDirectory: string,
): Promise<readonly MissingContent[]> {
  const { processes, sha, signal } = commit;
  const source = commit.gitDirectory;
  const options = { source, gitDirectory, workTree: directory, processes, signal };
  const checkout = await createPrivateGit(options);
  await copyTags(source, gitDirectory, processes);
  if (commit.remoteUrl !== undefined)
    await checkout.git(['config', 'remote.origin.url', commit.remoteUrl]);
  await checkOut(checkout, sha);
  const missing = [
    ...(await layOutLfs(commit, directory, checkout)),
    ...(await layOutSubmodules(commit, directory, gitDirectory, checkout)),
  ];
  setModesAndTimes(directory, commit.time);
  await checkout.git(['update-index', '-q', '--refresh']).catch(ignoreGitError);
  return missing;
}

async function checkOut(checkout: PrivateGit, sha: string): Promise<void> {
  try {
    await checkout.git(['checkout', '--quiet', '--force', '--detach', sha]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new InvalidInputError(
      {
        field: 'commit',
        received: sha,
        expected: `a commit that git can check out; it says: ${error.message}`,
        hint: 'In a partial clone fetch what it lacks first: git fetch --refetch --no-filter',
      },
      'no-checkout',
    );
  }
}

async function layOutLfs(
  { files, gitDirectory, processes, trees }: CheckoutCommit,
  directory: string,
  checkout: PrivateGit,
): Promise<MissingContent[]> {
  if (!(await usesLfs(files, trees))) return [];
  const pointers = await findPointers(files, trees, async (names, paths) =>
    readAttributes(checkout, names, paths),
  );
  if (pointers.length === 0) return [];
  const store = await openLfsStore(gitDirectory, processes);
  const missing: MissingContent[] = [];
  for (const pointer of pointers) {
    const path = join(directory, pointer.path);
    const mode = lstatSync(path, { throwIfNoEntry: false })?.mode;
    if (mode === undefined) {
      // Its name is not UTF-8: git laid it out under other bytes, and the pointer stays.
      missing.push({ path: pointer.path, reason: 'lfs' });
      continue;
    }
    unlinkSync(path);
    if (await store.copyTo(pointer, path)) chmodSync(path, mode);
    else {
      rmSync(path, { force: true });
      const entry = files.find((file) => file.path === pointer.path);
      writeFileSync(path, entry === undefined ? '' : await trees.blob(entry.objectId), { mode });
      missing.push({ path: pointer.path, reason: 'lfs' });
    }
  }
  // git-lfs would clean the content back into the pointer: the files are not changed.
  const paths = pointers.map(({ path }) => `${path}\0`).join('');
  await checkout.git(['update-index', '--assume-unchanged', '-z', '--stdin'], paths);
  return missing;
}

async function layOutSubmodules(
  commit: CheckoutCommit,
  directory: string,
  gitDirectory: string,
  checkout: PrivateGit,
): Promise<MissingContent[]> {
  const missing: MissingContent[] = [];
  for (const submodule of await listSubmodules(commit.files, commit.sha, commit)) {
    const { name = submodule.path, path } = submodule;
    const found = await findSubmodule(submodule, commit);
    if (found === undefined) {
      missing.push({ path, reason: 'submodule' });
      continue;
    }
    const opened = await commit.openSubmodule(found, submodule.sha);
    try {
      const own = join(gitDirectory, 'modules', name);
      const folder = join(directory, path);
      mkdirSync(own, { recursive: true });
      const inner = { ...commit, ...opened, gitDirectory: found, root: join(commit.root, path) };
      const lacking = await layOut(
        { ...inner, sha: submodule.sha, remoteUrl: undefined },
        folder,
        own,
      );
      // Relative, so that a copy of the checkout is whole.
      writeFileSync(join(folder, '.git'), `gitdir: ${relative(folder, own)}\n`);
      await checkout.git(['config', `submodule.${name}.active`, 'true']);
      missing.push(...lacking.map((one) => ({ ...one, path: `${path}/${one.path}` })));
    } finally {
      await opened.close();
    }
  }
  return missing;
}

function ignoreGitError(error: unknown): void {
  if (!(error instanceof GitError)) throw error;
}

/**
 * The umask and the clock must not decide what a wheel or a tarball holds. Synchronous on purpose:
 * some 20 microseconds a file, where the promise API takes turns of the thread pool.
 */
function setModesAndTimes(directory: string, commitTime: number): void {
  const time = sourceDateEpoch(commitTime);
  const walk = (folder: Buffer, isTop: boolean): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      if (isTop && entry.name.toString('latin1') === '.git') continue;
      if (entry.isDirectory()) walk(path, false);
      else {
        if (!entry.isSymbolicLink())
          chmodSync(path, (lstatSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
        lutimesSync(path, time, time);
      }
    }
    chmodSync(folder, 0o755);
    utimesSync(folder, time, time);
  };
  walk(Buffer.from(directory), true);
}

/** What a checkout of the commit would lack of these files: the answer for a plan, offline. */
export async function findMissing(
  commit: Omit<CheckoutCommit, 'openSubmodule' | 'time' | 'remoteUrl'>,
): Promise<readonly MissingContent[]> {
  const { files, sha, trees } = commit;
  const missing: MissingContent[] = [];
  for (const submodule of await listSubmodules(files, sha, commit)) {
    if ((await findSubmodule(submodule, commit)) === undefined)
      missing.push({ path: submodule.path, reason: 'submodule' });
  }
  if (!(await usesLfs(files, trees))) return missing;
  const store = await openLfsStore(commit.gitDirectory, commit.processes);
  const pointers = await findPointers(files, trees, async (names, paths) =>
    readTreeAttributes({ ...commit, tree: sha }, names, paths),
  );
  for (const pointer of pointers) {
    if (!(await store.has(pointer))) missing.push({ path: pointer.path, reason: 'lfs' });
  }
  return missing;
}
