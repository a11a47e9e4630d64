import {
  constants,
  copyFile,
  lstat,
  mkdir,
  readlink,
  realpath,
  rm,
  symlink,
} from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import {
  type CommitSha,
  failed,
  folderOf,
  isBelow,
  ok,
  pathIn,
  type Result,
  type SourceFile,
  type SourceFiles,
} from '@ameide/versioning-core';
import { pathInside } from '../../commit/path-inside.ts';
import { CONFIGURATION } from './configuration.ts';

export interface CopyRequest {
  readonly repository: Repository;
  /** What the copy is to have. */
  readonly files: SourceFiles;
  readonly head: CommitSha;
  /** True if that is HEAD alone, without what is not committed. */
  readonly isHead: boolean;
  readonly signal: AbortSignal;
}

/** Tools look for their settings beside these. */
const MANIFEST = /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|pyproject\.toml|go\.mod)$/;

/**
 * Lays out the files in an empty folder, with the configuration of registries. No link there leads out of it, so that
 * no tool can write elsewhere. Returns the links that are missing for that reason.
 */
export async function layOutCopy(
  { files, head, isHead, repository, signal }: CopyRequest,
  folder: string,
): Promise<Result<readonly string[]>> {
  const made = await repository.checkout(head, folder, { signal });
  if (made.problems !== undefined) return failed(...made.problems);
  const committed = await removeLinksOut(folder, await repository.source(head).list(''));
  const listed = await files.list('');
  if (!isHead) await copyUncommitted(repository, listed, folder);
  const removed = new Set([...committed, ...(await removeLinksOut(folder, listed))]);
  const folders = new Set(
    listed.flatMap(({ path }) => (MANIFEST.test(path) ? [folderOf(path)] : [])),
  );
  const settings = ['', ...folders].flatMap((one) =>
    CONFIGURATION.map((name) => pathIn(one, name)),
  );
  await inParallel(settings, async (path) => copyIfThere(repository.root, folder, path));
  return ok([...removed]);
}

async function copyUncommitted(
  repository: Repository,
  listed: readonly SourceFile[],
  folder: string,
): Promise<void> {
  const kinds = new Map(listed.map(({ mode, path }) => [path, mode]));
  const below = (folderName: string): readonly string[] =>
    listed.flatMap(({ path }) => (isBelow(folderName, path) ? [path] : []));
  // Of a file that became a folder, git names the file alone.
  const paths = (await repository.dirtyPaths()).flatMap((dirty) =>
    kinds.has(dirty) ? [dirty] : [dirty, ...below(dirty.replace(/\/$/, ''))],
  );
  const own = paths.filter((path) => kinds.get(path) !== 'submodule');
  // A file may have become a folder, and a folder a file.
  for (const path of own) await rm(join(folder, path), { recursive: true, force: true });
  for (const path of own) await copyOne(repository.root, folder, path);
}

async function copyOne(root: string, folder: string, path: string): Promise<void> {
  const [from, to] = [join(root, path), join(folder, path)];
  // What is in a folder that is a link now is not there.
  if ((await realpath(dirname(from)).catch(() => '')) !== dirname(join(await realpath(root), path)))
    return;
  const found = await lstat(from).catch(() => undefined);
  if (found?.isFile() === true) return copyIfThere(root, folder, path);
  if (found?.isSymbolicLink() !== true) return;
  await mkdir(dirname(to), { recursive: true });
  await symlink(await readlink(from), to);
}

/** Copies a file, also one that a link leads to. What is there already stays. */
async function copyIfThere(root: string, folder: string, path: string): Promise<void> {
  const [from, to] = [join(root, path), join(folder, path)];
  const found = await lstat(from).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch(
    (error: NodeJS.ErrnoException) => {
      if (!['ENOENT', 'EEXIST', 'EISDIR'].includes(error.code ?? '')) throw error;
    },
  );
}

/** Removes the links that lead out of the folder, or to nothing that is there: a tool would write to its place. */
async function removeLinksOut(
  folder: string,
  listed: readonly SourceFile[],
): Promise<readonly string[]> {
  const within = await realpath(folder);
  const links = listed.filter(({ mode }) => mode === 'symlink').map(({ path }) => path);
  const isOut = await inParallel(links, async (path) => {
    const link = join(folder, path);
    const target = await readlink(link).catch(() => undefined);
    if (target === undefined) return false;
    const real = await realpath(link).catch(() => undefined);
    return isAbsolute(target) || real === undefined || pathInside(within, real) === undefined;
  });
  const removed = links.filter((_, index) => isOut[index]);
  for (const path of removed) await rm(join(folder, path), { force: true });
  return removed;
}
