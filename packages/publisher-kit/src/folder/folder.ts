import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { assertArchivePath, assertNoCollisions, byBytes } from '../archive/path.ts';

export interface FolderFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** Where its content is: for a symlink, its target. */
  readonly absolute: string;
  /** The owner may execute it. */
  readonly executable: boolean;
  /** Bytes. */
  readonly size: number;
}

export interface FolderOptions {
  /** Whether to leave out a path. A folder's ends in `/`, and with it goes all that is in it. */
  readonly ignore?: (path: string) => boolean;
}

/**
 * Every file below a folder, sorted by the bytes of their paths, for packing. A symlink to a file
 * inside the folder counts as a file with the target's content (npm leaves symlinks out, Go's zip
 * too). Throws `InvalidInputError` with code `symlink` for one that leaves the folder, dangles,
 * leads to a folder or to something ignored; `special-file` for FIFOs, sockets and devices;
 * `path-collision` for paths that differ only in case or Unicode normal form. A hard link cannot be
 * told from a file.
 */
export async function readFolder(
  directory: string,
  options: FolderOptions = {},
): Promise<FolderFile[]> {
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected: 'an existing folder',
    });
  }
  const files: FolderFile[] = [];
  await walk({ root, ignore: options.ignore ?? (() => false), files }, '');
  assertNoCollisions(files.map((file) => file.path));
  return files.sort((a, b) => byBytes(a.path, b.path));
}

interface Walk {
  readonly root: string;
  readonly ignore: (path: string) => boolean;
  readonly files: FolderFile[];
}

async function walk(step: Walk, folder: string): Promise<void> {
  for (const name of await readdir(join(step.root, folder))) {
    const path = folder + name;
    const absolute = join(step.root, path);
    const entry = await lstat(absolute).catch(() => undefined);
    if (entry?.isDirectory() === true) {
      if (!step.ignore(`${path}/`)) await walk(step, `${path}/`);
    } else if (!step.ignore(path)) {
      assertArchivePath(path);
      if (entry?.isSymbolicLink() === true) await addLink(step, path, absolute);
      else add(step, path, absolute, entry);
    }
  }
}

function add(step: Walk, path: string, absolute: string, entry: Stats | undefined): void {
  if (entry?.isFile() !== true) {
    const error = {
      field: 'path',
      received: path,
      expected: 'files, folders and links alone, not a FIFO, socket or device',
    };
    throw new InvalidInputError(
      { ...error, hint: 'Remove it, or leave it out of the package.' },
      'special-file',
    );
  }
  step.files.push({ path, absolute, executable: (entry.mode & 0o100) !== 0, size: entry.size });
}

async function addLink(step: Walk, path: string, absolute: string): Promise<void> {
  const target = await realpath(absolute).catch(() => undefined);
  if (target === undefined) throw badLink(path, 'a link to a file that exists');
  if (!target.startsWith(step.root + sep))
    throw badLink(path, 'a link that stays inside the folder');
  const entry = await stat(target);
  if (entry.isDirectory()) throw badLink(path, 'a link to a file, not to a folder');
  const parts = relative(step.root, target).split(sep);
  const above = parts.map(
    (_, index) => parts.slice(0, index + 1).join('/') + (index + 1 < parts.length ? '/' : ''),
  );
  // Or a link named `readme` would carry an ignored `.env` into the package.
  if (above.some((name) => step.ignore(name)))
    throw badLink(path, 'a link to a file that is not left out itself');
  add(step, path, target, entry);
}

function badLink(path: string, expected: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'path',
      received: path,
      expected,
      hint: 'Replace the link by a copy, or leave it out of the package.',
    },
    'symlink',
  );
}
