import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile, SourceFiles } from '@ameide/versioning-core';
import { inParallel } from '../../parallel.ts';
import { type GitCall, git } from '../git-command.ts';
import { decodeText } from './source-tree.ts';

/**
 * Reads the files of a working tree as they are now: those that git tracks, and new ones that it does
 * not ignore. Their names are read once.
 */
export function createWorkingTree(root: string, call: GitCall): SourceFiles {
  let listed: Promise<ReadonlyMap<string, SourceFile>> | undefined;
  const all = async (): Promise<ReadonlyMap<string, SourceFile>> => {
    listed ??= listFiles(root, call);
    return listed;
  };
  const read = async (path: string): Promise<Buffer | undefined> => {
    const mode = (await all()).get(path)?.mode;
    return mode === 'file' || mode === 'executable' ? readRegular(join(root, path)) : undefined;
  };
  return {
    async list(directory) {
      const prefix = directory === '' ? '' : `${directory}/`;
      return [...(await all()).values()].filter(({ path }) => path.startsWith(prefix));
    },
    async readText(path) {
      const bytes = await read(path);
      return bytes === undefined ? undefined : decodeText(bytes, path);
    },
    readBytes: read,
  };
}

const SUBMODULE = '160000';

async function listFiles(root: string, call: GitCall): Promise<ReadonlyMap<string, SourceFile>> {
  const [tracked, others] = await Promise.all([
    git(['ls-files', '-z', '--stage'], call),
    git(['ls-files', '-z', '--others', '--exclude-standard'], call),
  ]);
  const modes = new Map<string, string>();
  for (const line of lines(tracked)) {
    // `<mode> <id> <stage>\t<path>`; a conflict has several stages of one path.
    const tab = line.indexOf('\t');
    modes.set(line.slice(tab + 1), line.slice(0, line.indexOf(' ')));
  }
  // Another repository in this one is listed as a folder, with a slash.
  for (const path of lines(others)) if (!path.endsWith('/')) modes.set(path, '');
  const files = await inParallel([...modes], async ([path, mode]) => fileAt(root, path, mode));
  return new Map(
    files
      .filter((one) => one !== undefined)
      .toSorted((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)))
      .map((one) => [one.path, one]),
  );
}

function lines(output: string): readonly string[] {
  return output.split('\0').filter((line) => line !== '');
}

/** What is at a path now, which may be another kind of file than in the index; undefined for nothing. */
async function fileAt(root: string, path: string, mode: string): Promise<SourceFile | undefined> {
  if (mode === SUBMODULE) return { path, mode: 'submodule' };
  const found = await lstat(join(root, path)).catch(() => undefined);
  if (found?.isSymbolicLink() === true) return { path, mode: 'symlink' };
  if (found?.isFile() !== true) return undefined;
  return { path, mode: (found.mode & constants.S_IXUSR) === 0 ? 'file' : 'executable' };
}

/** Undefined if the file is gone, or became a link. */
async function readRegular(path: string): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    return await file.readFile();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
