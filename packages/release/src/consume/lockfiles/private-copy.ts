import { constants, cp, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import { folderOf, type Problem, pathIn } from '@ameide/versioning-core';

/** Files that say where packages come from. git ignores them in many repositories, because they hold tokens. */
const CONFIGURATION = [
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  'bunfig.toml',
  'uv.toml',
  'poetry.toml',
  '.netrc',
];

/** Tools look for their settings beside these. */
const MANIFEST = /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|pyproject\.toml|go\.mod)$/;

/**
 * Lays out the working tree as it is now in an empty folder, with the configuration of registries. Returns why it could not.
 */
export async function copyWorkingTree(
  repository: Repository,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const head = await repository.resolve('HEAD');
  const made = await repository.checkout(head, folder, { signal });
  if (made.problems !== undefined) return made.problems;
  const listed = (await repository.workingTree().list('')).map(({ path }) => path);
  for (const dirty of await repository.dirtyPaths()) {
    const paths = dirty.endsWith('/') ? listed.filter((path) => path.startsWith(dirty)) : [dirty];
    for (const path of paths) await copyOne(repository.root, folder, path);
  }
  const folders = new Set(listed.filter((path) => MANIFEST.test(path)).map(folderOf));
  const settings = ['', ...folders].flatMap((one) =>
    CONFIGURATION.map((name) => pathIn(one, name)),
  );
  await inParallel(settings, async (path) => copyIfThere(repository.root, folder, path));
  return [];
}

async function copyOne(root: string, folder: string, path: string): Promise<void> {
  const target = join(folder, path);
  await rm(target, { recursive: true, force: true });
  await copyIfThere(root, folder, path);
}

async function copyIfThere(root: string, folder: string, path: string): Promise<void> {
  const target = join(folder, path);
  const options = { verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE, force: false };
  await cp(join(root, path), target, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** The contents of the configuration files that the tools read for a folder of the copy: in it, above it, and the user's. */
export async function configurationOf(folder: string, within: string): Promise<readonly string[]> {
  const parts = within === '' ? [] : within.split('/');
  const folders = [
    homedir(),
    ...[...parts.keys(), parts.length].map((count) => join(folder, ...parts.slice(0, count))),
  ];
  const texts = folders.flatMap((one) =>
    CONFIGURATION.map(async (name) => readFile(join(one, name), 'utf8').catch(() => '')),
  );
  return Promise.all(texts);
}
