import type { Stats } from 'node:fs';
import {
  chmodSync,
  constants,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { inParallel } from '../parallel.ts';

/**
 * Copies a checkout to a path that does not exist, with its times, modes and links, sharing blocks
 * where the file system can. A hard link becomes a file of its own, because a build that rewrites a
 * file in place would change it in every copy. In `node_modules` it stays a hard link: pnpm and Bun
 * link packages from a store that all projects share, so nothing may rewrite those files anyway.
 * Sockets and pipes are left out. `makeLinksRelative` comes first: otherwise a build could change
 * the other copies through an absolute symlink.
 */
export async function copyCheckout(
  from: string,
  to: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const tree: Tree = { files: [], folders: [] };
  await copyFolders(Buffer.from(from), Buffer.from(to), tree, signal);
  await inParallel(tree.files, async (file) => {
    signal?.throwIfAborted();
    await copyFileOrLink(file);
  });
  // Last, because a read-only folder takes no files, and a new file changes its folder's times.
  for (const { copy, stats } of tree.folders) {
    setTimes(copy, stats);
    chmodSync(copy, stats.mode & 0o7777);
  }
}

interface Tree {
  readonly files: { path: Buffer; copy: Buffer; isInstalled: boolean }[];
  /** Innermost first. */
  readonly folders: { copy: Buffer; stats: Stats }[];
}

/** Copies the folders and symlinks, and lists the files. Paths are bytes: not all are UTF-8. */
async function copyFolders(
  from: Buffer,
  to: Buffer,
  tree: Tree,
  signal: AbortSignal | undefined,
  isInstalled = false,
): Promise<void> {
  await otherWork();
  signal?.throwIfAborted();
  mkdirSync(to, { mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true, encoding: 'buffer' })) {
    const [path, copy] = [below(from, entry.name), below(to, entry.name)];
    if (entry.isFile()) tree.files.push({ path, copy, isInstalled });
    else if (entry.isDirectory()) {
      const isInNodeModules = isInstalled || entry.name.equals(NODE_MODULES);
      await copyFolders(path, copy, tree, signal, isInNodeModules);
    } else if (entry.isSymbolicLink()) {
      symlinkSync(readlinkSync(path, 'buffer'), copy);
      setTimes(copy, lstatSync(path));
    }
  }
  tree.folders.push({ copy: to, stats: lstatSync(from) });
}

const NODE_MODULES = Buffer.from('node_modules');

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

async function copyFileOrLink({ path, copy, isInstalled }: Tree['files'][number]): Promise<void> {
  const stats = lstatSync(path);
  if (isInstalled && stats.nlink > 1 && (await tryLink(path, copy))) return;
  await copyFile(path, copy, constants.COPYFILE_FICLONE);
  setTimes(copy, stats);
}

/** Makes a hard link. False where the file system cannot. */
function tryLink(path: Buffer, copy: Buffer): Promise<boolean> {
  return link(path, copy).then(
    () => true,
    () => false,
  );
}

/** As fractions of a second: a `Date` has whole milliseconds. */
function setTimes(path: Buffer, { atimeMs, mtimeMs }: Stats): void {
  lutimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}
