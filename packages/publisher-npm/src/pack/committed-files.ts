import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import type { SourceTree, Step, TreeFile } from '@ameide/versioning-core';
import type { NpmPlan } from '../plan.ts';
import type { PackageFolder } from './choose-files.ts';
import { type PackageReader, readPackage } from './read-package.ts';

/**
 * Returns the files of the commit that the package would contain, by the same choice as after a
 * build. Lays the commit out as empty files, with content only where the choice reads it. Offline.
 */
export async function committedFiles(
  folder: Omit<PackageFolder, 'root'>,
  reader: PackageReader,
  plan: NpmPlan,
  step: Step,
): Promise<readonly TreeFile[]> {
  const root = join(step.workspace, 'names');
  const files = await filesToLayOut(step.source, folder);
  try {
    await layOut(step.source, files, root);
    const content = await readPackage({ ...folder, root }, reader, plan);
    const packed = new Set(content?.files.map(({ from }) => from));
    return files.filter(({ mode, path }) => packed.has(mode === 'submodule' ? probe(path) : path));
  } finally {
    for (const made of [root, `${root}-empty`]) await rm(made, { recursive: true, force: true });
  }
}

const READ = /(?:^|\/)(?:package\.json|\.npmignore|\.gitignore)$/;

/** Returns the files in the package's folder, and the ignore files and licences above it. */
async function filesToLayOut(
  source: SourceTree,
  { directory, workspaceRoot }: Omit<PackageFolder, 'root'>,
): Promise<readonly TreeFile[]> {
  const own = await source.list(directory);
  if (directory === '') return own;
  const root = workspaceRoot === '' ? '.' : workspaceRoot;
  const above = (await source.list(workspaceRoot)).filter(
    ({ path }) =>
      !isIn(directory, path) &&
      (dirname(path) === root || (READ.test(path) && isIn(dirname(path), directory))),
  );
  return [...above, ...own];
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}

async function layOut(source: SourceTree, files: readonly TreeFile[], root: string): Promise<void> {
  const laidOut = files.filter(({ mode }) => mode !== 'symlink');
  const folders = new Set(laidOut.map((file) => dirname(join(root, placeOf(file)))));
  for (const folder of [root, ...folders]) await mkdir(folder, { recursive: true });
  const empty = `${root}-empty`;
  await writeFile(empty, '');
  await inParallel(laidOut, async (file) => {
    const place = join(root, placeOf(file));
    const content = READ.test(file.path) ? await source.readBytes(file.path) : undefined;
    if (content !== undefined) return writeFile(place, content);
    // A hard link is much faster than a new file, but some file systems have none, or limit their
    // number.
    return link(empty, place).catch(async () => writeFile(place, ''));
  });
}

function placeOf({ mode, path }: TreeFile): string {
  return mode === 'submodule' ? probe(path) : path;
}

/** A placeholder for a submodule's files, whose names this clone may not know. */
function probe(submodule: string): string {
  return `${submodule}/index.js`;
}
