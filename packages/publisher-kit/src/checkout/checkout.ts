import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MissingContent, Result, TreeFile } from '@ameide/versioning-core';
import { InvalidInputError, ok } from '@ameide/versioning-core';
import { GitError } from '../git/git-command.ts';
import { sourceUrl } from '../git/repository/source-url.ts';
import type { TreeReader } from '../git/repository/tree-reader.ts';
import { sourceDateEpoch } from '../process/build-environment.ts';
import { findAbsent, leftOut } from './absent.ts';
import { readAttributes } from './attributes.ts';
import { obtainSubmodule, type SubmoduleParent } from './fetch-submodule.ts';
import { findPointers, openLfsStore, usesLfs } from './lfs.ts';
import { copyTags, createPrivateGit, type PrivateGit } from './private-git.ts';
import { refusedByGit } from './refused-by-git.ts';
import { hideChanges } from './stamped.ts';
import { type CloneFolders, listSubmodules, type Submodule } from './submodules.ts';

/** What `createCheckout` needs to know about a commit. */
export interface CheckoutCommit extends CloneFolders, SubmoduleParent {
  readonly sha: string;
  /** Committer time, Unix seconds. */
  readonly time: number;
  /** Every file of the commit. */
  readonly files: readonly TreeFile[];
  readonly trees: TreeReader;
  /** True to fetch submodules that the clone lacks. */
  readonly fetchesSubmodules?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opens the repository of a submodule at a commit. */
  openSubmodule(gitDirectory: string, sha: string): Promise<OpenedSubmodule>;
}

export type OpenedSubmodule = Pick<CheckoutCommit, 'time' | 'files' | 'trees' | 'address'> & {
  close(): Promise<void>;
};

/**
 * Lays a commit out in an empty folder as git does, with its own `.git`: it borrows objects from
 * the clone, has the clone's tags, and a HEAD detached at the commit. User and system configuration
 * have no effect: no hook runs, and no filter except Git LFS, whose content comes from the clone's
 * store. Submodules come from the clone, or are fetched if requested. Modes are 0644 and 0755
 * whatever the umask; every time is the commit's. Returns what could not be laid out, or why a
 * fetch failed (`submodule-…`). Throws `InvalidInputError`: `unsafe-path`, `no-checkout`,
 * `submodule-refused`.
 */
export async function createCheckout(
  commit: CheckoutCommit,
  directory: string,
): Promise<Result<readonly MissingContent[]>> {
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
): Promise<Result<readonly MissingContent[]>> {
  const { address, processes, sha, signal } = commit;
  const source = commit.gitDirectory;
  const options = { source, objectId: sha, gitDirectory, workTree: directory, processes, signal };
  const checkout = await createPrivateGit(options);
  await copyTags(source, gitDirectory, processes);
  const url = address === undefined ? undefined : sourceUrl(address);
  if (url !== undefined) await checkout.git(['config', 'remote.origin.url', url]);
  const { absent, present } = await findAbsent(commit.files, source, checkout);
  await checkOutFiles(checkout, sha, absent).catch((error: unknown) => {
    throw refusedByGit(error, sha);
  });
  const lfs = await layOutLfs({ ...commit, files: present }, directory, checkout);
  const submodules = await layOutSubmodules(commit, directory, gitDirectory, checkout);
  if (submodules.problems !== undefined) return submodules;
  setModesAndTimes(directory, commit.time);
  await checkout.git(['update-index', '-q', '--refresh']).catch(ignoreGitError);
  return ok([...absent.map(leftOut), ...lfs, ...submodules.value]);
}

/** Lays out every file but those that are absent from the clone; to git, they are unchanged. */
async function checkOutFiles(
  checkout: PrivateGit,
  sha: string,
  absent: readonly TreeFile[],
): Promise<void> {
  if (absent.length > 0) {
    await checkout.git(['read-tree', sha]);
    const paths = absent.map(({ path }) => `${path}\0`).join('');
    await checkout.git(['update-index', '--skip-worktree', '-z', '--stdin'], paths);
  }
  // Otherwise git holds each packed file of up to 512 MiB in memory as a whole.
  const inPieces = ['-c', 'core.bigFileThreshold=1m'];
  await checkout.git([...inPieces, 'checkout', '--quiet', '--force', '--detach', sha]);
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
  const touched: string[] = [];
  for (const pointer of pointers) {
    const path = join(directory, pointer.path);
    const mode = isOwnFolder(directory, dirname(pointer.path))
      ? lstatSync(path, { throwIfNoEntry: false })?.mode
      : undefined;
    if (mode === undefined) {
      // The name is not UTF-8, so git wrote the file under other bytes. It stays a pointer.
      missing.push({ path: pointer.path, reason: 'lfs' });
      continue;
    }
    touched.push(pointer.path);
    unlinkSync(path);
    if (await store.copyTo(pointer, path)) chmodSync(path, mode);
    else {
      rmSync(path, { force: true });
      const entry = files.find((file) => file.path === pointer.path);
      writeFileSync(path, entry === undefined ? '' : await trees.blob(entry.objectId), { mode });
      missing.push({ path: pointer.path, reason: 'lfs' });
    }
  }
  // To git, the files are unchanged: git-lfs would clean the content back into the pointer.
  await hideChanges(touched, checkout);
  return missing;
}

async function layOutSubmodules(
  commit: CheckoutCommit,
  directory: string,
  gitDirectory: string,
  checkout: PrivateGit,
): Promise<Result<readonly MissingContent[]>> {
  const missing: MissingContent[] = [];
  const submodules = await listSubmodules(commit.files, commit.sha, commit);
  for (const [index, submodule] of submodules.entries()) {
    const { name, path } = submodule;
    const folderOf = (kind: string): string => join(gitDirectory, kind, String(index));
    const found: Result<string | undefined> = isOwnFolder(directory, path)
      ? await obtainSubmodule(submodule, commit, folderOf('fetched'))
      : ok(undefined);
    if (found.problems !== undefined) return found;
    if (found.value === undefined) {
      missing.push({ path, reason: 'submodule' });
      continue;
    }
    // Numbered, because one submodule's name may be inside another's.
    const inner = { ...submodule, gitDirectory: found.value };
    const lacking = await layOutSubmodule(inner, commit, directory, folderOf('modules'));
    if (lacking.problems !== undefined) return lacking;
    if (name !== undefined) await checkout.git(['config', `submodule.${name}.active`, 'true']);
    missing.push(...lacking.value.map((one) => ({ ...one, path: `${path}/${one.path}` })));
  }
  return ok(missing);
}

async function layOutSubmodule(
  { gitDirectory, path, sha }: Submodule & Pick<CloneFolders, 'gitDirectory'>,
  commit: CheckoutCommit,
  directory: string,
  own: string,
): Promise<Result<readonly MissingContent[]>> {
  const opened = await commit.openSubmodule(gitDirectory, sha);
  try {
    const folder = join(directory, path);
    mkdirSync(own, { recursive: true });
    const inner = { ...commit, ...opened, gitDirectory, sha, root: join(commit.root, path) };
    const lacking = await layOut(inner, folder, own);
    // Relative, so that a copy of the checkout works by itself.
    writeFileSync(join(folder, '.git'), `gitdir: ${relative(folder, own)}\n`);
    return lacking;
  } finally {
    await opened.close();
  }
}

/**
 * True if git made this folder in the checkout. On a file system that ignores case, a link to
 * somewhere else may be in its place.
 */
function isOwnFolder(directory: string, path: string): boolean {
  const folder = join(realpathSync(directory), path);
  try {
    return realpathSync(folder) === folder;
  } catch {
    return false;
  }
}

function ignoreGitError(error: unknown): void {
  if (!(error instanceof GitError)) throw error;
}

/**
 * Sets modes and times, because the umask and the clock must not affect a wheel or a tarball.
 * Synchronous on purpose: some 20 microseconds a file, where the promise API would queue for the
 * thread pool.
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
