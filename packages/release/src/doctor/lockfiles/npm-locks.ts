import { lastDocument } from '@ameide/source-files/lockfiles';
import { openWorkspace, type PackageManager } from '@ameide/source-files/npm';
import { InvalidInputError, pathIn } from '@ameide/versioning-core';
import type { PackageFacts } from '../facts.ts';
import type { NpmLock, NpmProject } from './project.ts';

export const NPM_LOCKFILES: Readonly<Record<string, PackageManager>> = {
  'pnpm-lock.yaml': 'pnpm',
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

/** The root of a workspace, or a package that belongs to none. */
export interface NpmRoot {
  readonly directory: string;
  readonly manager: PackageManager;
  readonly isWorkspace: boolean;
  readonly projects: readonly NpmProject[];
  /** The names of the lockfiles in its folder. */
  readonly lockfiles: readonly string[];
}

const found = new WeakMap<PackageFacts, Promise<readonly NpmRoot[]>>();

/** Every folder in which a package manager of npm installs. */
export async function npmRoots(facts: PackageFacts): Promise<readonly NpmRoot[]> {
  const roots = found.get(facts) ?? findRoots(facts);
  found.set(facts, roots);
  return roots;
}

async function findRoots({ files, packages, reader }: PackageFacts): Promise<readonly NpmRoot[]> {
  const directories = new Set(
    packages.flatMap(({ directory, ecosystem }) => (ecosystem === 'npm' ? [directory] : [])),
  );
  // It may have no name.
  if (reader.has('package.json')) directories.add('');
  const byRoot = new Map<
    string,
    { manager: PackageManager; isWorkspace: boolean; members: string[] }
  >();
  for (const directory of directories) {
    const at = await rootOf(directory, files, reader);
    if (at === undefined) continue;
    const root = byRoot.get(at.root) ?? {
      manager: at.manager,
      isWorkspace: at.isWorkspace,
      members: [],
    };
    root.members.push(directory);
    byRoot.set(at.root, root);
  }
  return Promise.all(
    [...byRoot].map(async ([directory, { isWorkspace, manager, members }]) => ({
      directory,
      manager,
      isWorkspace,
      projects: (
        await Promise.all(members.map(async (one) => project(one, directory, reader)))
      ).flat(),
      lockfiles: Object.keys(NPM_LOCKFILES).filter((name) => reader.has(pathIn(directory, name))),
    })),
  );
}

async function rootOf(
  directory: string,
  files: PackageFacts['files'],
  reader: PackageFacts['reader'],
): Promise<{ root: string; manager: PackageManager; isWorkspace: boolean } | undefined> {
  try {
    const workspace = await openWorkspace(files, directory);
    const { globs, manager, root } = workspace.settings;
    const isShared = manager !== 'pnpm' || (await sharesLockfile(root, reader));
    return workspace.isProject(directory) && isShared
      ? { root, manager, isWorkspace: globs.length > 0 }
      : { root: directory, manager, isWorkspace: false };
  } catch (error) {
    // `findPackages` reports it.
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** https://pnpm.io/settings#sharedworkspacelockfile; pnpm 9 and 10 read it from .npmrc, too. */
async function sharesLockfile(root: string, reader: PackageFacts['reader']): Promise<boolean> {
  const yaml = (await reader.text(pathIn(root, 'pnpm-workspace.yaml'))) ?? '';
  const npmrc = (await reader.text(pathIn(root, '.npmrc'))) ?? '';
  return !(
    /^sharedWorkspaceLockfile:\s*false\b/m.test(yaml) ||
    /^[^\S\n]*shared-workspace-lockfile[^\S\n]*=[^\S\n]*false\b/m.test(npmrc)
  );
}

async function project(
  directory: string,
  root: string,
  reader: PackageFacts['reader'],
): Promise<readonly NpmProject[]> {
  const path = pathIn(directory, 'package.json');
  const json = await reader.json(path);
  const text = await reader.text(path);
  if (json === undefined || text === undefined) return [];
  const inRoot = directory === root ? '' : directory.slice(pathIn(root, '').length);
  return [{ directory, inRoot, path, text, json }];
}

/** Opens one lockfile of a root. */
export async function openLock(
  { directory, projects }: NpmRoot,
  name: string,
  reader: PackageFacts['reader'],
): Promise<NpmLock | undefined> {
  const path = pathIn(directory, name);
  const text = await reader.text(path);
  if (text === undefined) return undefined;
  const root = projects.find((one) => one.directory === directory)?.json ?? {};
  const yaml = (await reader.text(pathIn(directory, 'pnpm-workspace.yaml'))) ?? '';
  return {
    path,
    text,
    projects,
    root,
    settings: lastDocument(yaml) ?? {},
  };
}
