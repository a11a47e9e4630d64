import type { BigIntStats } from 'node:fs';
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  symlinkSync,
} from 'node:fs';
import { copyFile, link } from 'node:fs/promises';
import { setImmediate as otherWork } from 'node:timers/promises';
import { inParallel } from '../parallel.ts';

/**
 * Copies a checkout to a path that does not exist, with its times, modes and links, sharing blocks
 * where the file system can. A hard link becomes a file of its own, because a build that rewrites a
 * file in place would change it in every copy; only large compiled programs in `node_modules` stay
 * hard links, which pnpm and Bun make to their store. Sockets and pipes are left out, and so is what
 * vanishes meanwhile. `makeLinksRelative` comes first: otherwise a build could change the other
 * copies through an absolute symlink.
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
    chmodSync(copy, Number(stats.mode) & 0o7777);
  }
}

interface Tree {
  readonly files: { path: Buffer; copy: Buffer; isInstalled: boolean }[];
  /** Innermost first. */
  readonly folders: { copy: Buffer; stats: BigIntStats }[];
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
      setTimes(copy, lstatSync(path, { bigint: true }));
    }
  }
  tree.folders.push({ copy: to, stats: lstatSync(from, { bigint: true }) });
}

const NODE_MODULES = Buffer.from('node_modules');

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

async function copyFileOrLink({ path, copy, isInstalled }: Tree['files'][number]): Promise<void> {
  const stats = statsOf(path);
  if (stats === undefined) return;
  if (isInstalled && stats.nlink > 1n && isLargeProgram(path, stats) && (await tryLink(path, copy)))
    return;
  try {
    await copyFile(path, copy, constants.COPYFILE_FICLONE);
    setTimes(copy, stats);
  } catch (error) {
    if (statsOf(path) !== undefined) throw error;
  }
}

const LARGE = 2n ** 20n;
/** ELF, Mach-O of two byte orders, Mach-O for several processors. */
const PROGRAMS = new Set(['7f454c46', 'cffaedfe', 'feedfacf', 'cafebabe']);

/** Nobody rewrites a compiled program in place, as some do with scripts (patch-package, ts-patch). */
function isLargeProgram(path: Buffer, { size }: BigIntStats): boolean {
  if (size < LARGE) return false;
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4);
    readSync(file, start);
    return PROGRAMS.has(start.toString('hex'));
  } finally {
    closeSync(file);
  }
}

/** Makes a hard link. False where the file system cannot. */
function tryLink(path: Buffer, copy: Buffer): Promise<boolean> {
  return link(path, copy).then(
    () => true,
    () => false,
  );
}

function statsOf(path: Buffer): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** To the microsecond, never upwards: a later second would be a change to git. */
function setTimes(path: Buffer, { atimeNs, mtimeNs }: BigIntStats): void {
  lutimesSync(path, Number(atimeNs / 1000n) / 1e6, Number(mtimeNs / 1000n) / 1e6);
}
