import { constants, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  folderOf,
  InvalidInputError,
  type SourceFile,
  type SourceFiles,
} from '@ameide/versioning-core';
import { inParallel } from '../../parallel.ts';
import { type GitCall, git } from '../git-command.ts';
import { onceForEach } from '../once-for-each.ts';
import { decodeText } from './source-tree.ts';

/**
 * Reads the files of a working tree as they are now: those that git tracks, and new ones that it does
 * not ignore. Their names are read once. A file in a folder that became a link counts as deleted, as
 * it does for git. One that this user may not look at is listed as the index has it; reading it throws
 * `InvalidInputError`, code `unreadable-file`.
 */
export function createWorkingTree(root: string, call: GitCall): SourceFiles {
  let listed: Promise<ReadonlyMap<string, SourceFile>> | undefined;
  const all = async (): Promise<ReadonlyMap<string, SourceFile>> => {
    listed ??= listFiles(root, call);
    return listed;
  };
  const read = async (path: string): Promise<Buffer | undefined> => {
    const mode = (await all()).get(path)?.mode;
    return mode === 'file' || mode === 'executable' ? readRegular(root, path) : undefined;
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

const MODES: Readonly<Record<string, SourceFile['mode']>> = {
  '100755': 'executable',
  '120000': 'symlink',
  [SUBMODULE]: 'submodule',
};

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
  const look = createLook(root);
  const files = await inParallel([...modes], async ([path, mode]) => fileAt(look, path, mode));
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

/** What git wrote instead of bytes that are not UTF-8: Node finds no file of that name. */
const NOT_UTF8 = '\uFFFD';

type Look = (path: string) => Promise<Stats | 'gone' | 'unreadable'>;

/** Looks at what is at a path. Nothing is there if a folder of the path is a link. */
function createLook(root: string): Look {
  const folder = onceForEach(async (path: string): ReturnType<Look> => {
    const found = await look(path);
    return typeof found === 'string' || found.isDirectory() ? found : 'gone';
  });
  const look: Look = async (path) => {
    const above = path.includes('/') ? await folder(folderOf(path)) : undefined;
    return typeof above === 'string' ? above : lstat(join(root, path)).catch(whyNot(path));
  };
  return look;
}

function whyNot(path: string): (error: unknown) => 'gone' | 'unreadable' {
  return (error) => (isGone(error) && !path.includes(NOT_UTF8) ? 'gone' : 'unreadable');
}

function isGone(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What is at a path now, which may be another kind of file than in the index; undefined for nothing. */
async function fileAt(look: Look, path: string, mode: string): Promise<SourceFile | undefined> {
  const found = await look(path);
  if (found === 'unreadable') return { path, mode: MODES[mode] ?? 'file' };
  if (mode === SUBMODULE) return { path, mode: 'submodule' };
  if (found === 'gone') return undefined;
  if (found.isSymbolicLink()) return { path, mode: 'symlink' };
  if (!found.isFile()) return undefined;
  return { path, mode: (found.mode & constants.S_IXUSR) === 0 ? 'file' : 'executable' };
}

/** Undefined if the file is gone, or became a link. */
async function readRegular(root: string, path: string): Promise<Buffer | undefined> {
  try {
    await using file = await open(
      join(root, path),
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0),
    );
    return await file.readFile();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw unreadable(path, 'a file that this user may read');
    if (!isGone(error) && code !== 'ELOOP')
      throw unreadable(path, `a file that can be read (${code === '' ? String(error) : code})`);
    if (path.includes(NOT_UTF8)) throw unreadable(path, 'a file whose path is UTF-8');
    return undefined;
  }
}

function unreadable(path: string, expected: string): InvalidInputError {
  return new InvalidInputError({ field: 'path', received: path, expected }, 'unreadable-file');
}
