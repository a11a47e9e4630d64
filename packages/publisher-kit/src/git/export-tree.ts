import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidInputError, type TreeFile } from '@ameide/versioning-core';
import { inParallel } from '../parallel.ts';
import { staysInside } from './link-target.ts';
import type { TreeReader } from './tree-reader.ts';

// Enough to keep git and the disk busy at once; few enough that a large tree is never all in
// memory.
const IN_FLIGHT = 64;

/**
 * Writes files as committed: see `Repository.exportTree`. Straight from the object database,
 * because `git archive` and `git checkout-index` apply attributes and filters that depend on the
 * machine. `time` is in Unix seconds.
 */
export async function exportFiles(
  files: readonly TreeFile[],
  trees: TreeReader,
  directory: string,
  time: number,
): Promise<void> {
  if (readdirSync(directory).length > 0) {
    throw new InvalidInputError({
      field: 'directory',
      received: directory,
      expected: 'an empty directory to export into',
    });
  }
  refuseSubmodules(files);
  const links = await readLinks(files, trees);
  const folders = makeFolders(files, directory);
  const write = async ({ path, objectId, mode }: TreeFile): Promise<void> =>
    writeFile(
      join(directory, path),
      await trees.blob(objectId),
      mode === 'executable' ? 0o755 : 0o644,
      time,
    );
  await inParallel(
    files.filter(({ mode }) => mode !== 'symlink'),
    write,
    IN_FLIGHT,
  );
  // Links come last, so that no file can be written through one, whatever a crafted tree holds.
  for (const [path, target] of links) {
    symlinkSync(target, join(directory, path));
    lutimesSync(join(directory, path), time, time);
  }
  for (const folder of folders) utimesSync(folder, time, time);
}

function refuseSubmodules(files: readonly TreeFile[]): void {
  const submodule = files.find(({ mode }) => mode === 'submodule');
  if (submodule === undefined) return;
  throw new InvalidInputError(
    {
      field: 'path',
      received: submodule.path,
      expected: 'a commit without submodules: their files are not part of it',
      hint: 'Commit the files themselves, or move the submodule to a repository that is not published.',
    },
    'submodule',
  );
}

async function readLinks(
  files: readonly TreeFile[],
  trees: TreeReader,
): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  for (const { path, mode, objectId } of files) {
    if (mode === 'symlink') links.set(path, (await trees.blob(objectId)).toString('utf8'));
  }
  for (const path of links.keys()) {
    if (staysInside(path, links)) continue;
    throw new InvalidInputError(
      {
        field: 'path',
        received: path,
        expected: 'symbolic links that stay inside the repository',
        hint: `It points to ${JSON.stringify(links.get(path))}. Commit the file itself, or a relative link to it.`,
      },
      'symlink-escape',
    );
  }
  return links;
}

/** Deepest last; `directory` itself is the first. */
function makeFolders(files: readonly TreeFile[], directory: string): readonly string[] {
  const folders = new Set(['.']);
  for (const { path } of files) {
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  }
  const absolute = [...folders].map((folder) => join(directory, folder)).toSorted();
  for (const folder of absolute.slice(1)) {
    mkdirSync(folder);
    // The umask must not decide what a wheel or a tarball holds.
    chmodSync(folder, 0o755);
  }
  return absolute;
}

// Synchronous on purpose: some 20 microseconds a file, where the promise API takes three turns of
// the thread pool.
function writeFile(path: string, content: Buffer, mode: number, time: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
    fchmodSync(file, mode);
    futimesSync(file, time, time);
  } finally {
    closeSync(file);
  }
}
