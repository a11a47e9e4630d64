import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TreeFile } from '@ameide/versioning-core';
import { type GitCall, text, tryGit } from '../git/git-command.ts';
import { commonDirectory } from '../git/repository/alternates.ts';
import type { Processes } from '../process/processes.ts';
import { NO_CONFIGURATION } from './private-git.ts';

/** A submodule of the commit. */
export interface Submodule {
  readonly path: string;
  /** The commit of the submodule's repository. */
  readonly sha: string;
  /**
   * The name in .gitmodules; absent if .gitmodules has no entry for the path, or only a name that
   * git ignores.
   */
  readonly name?: string;
  readonly url?: string;
  /**
   * Why git does not fetch it. `unsafe`: its .gitmodules entry is malicious. `skipped`: the entry
   * says `update = none`.
   */
  readonly notFetched?: 'unsafe' | 'skipped';
}

/** The folders of a clone. */
export interface CloneFolders {
  readonly gitDirectory: string;
  /** The top of the working tree, or the git directory itself if the clone is bare. */
  readonly root: string;
  readonly processes: Processes;
}

/** Lists the submodules of a commit, with their entries in .gitmodules. */
export async function listSubmodules(
  files: readonly TreeFile[],
  sha: string,
  { gitDirectory, processes }: CloneFolders,
): Promise<readonly Submodule[]> {
  const links = files.filter(({ mode }) => mode === 'submodule');
  if (links.length === 0) return [];
  const call: GitCall = { processes, directory: gitDirectory, gitDirectory, env: NO_CONFIGURATION };
  const argv = ['config', '--blob', `${sha}:.gitmodules`, '--null', '--list'];
  const result = await tryGit(argv, call);
  const entries = (result.ok ? text(result) : '').split('\0').map((entry) => entry.split('\n'));
  const settings = new Map(entries.map(([key = '', ...value]) => [key, value.join('\n')]));
  const nameOf = new Map(
    [...settings].flatMap(([key, path]) => {
      const name = /^submodule\.(.*)\.path$/s.exec(key)?.[1];
      return name === undefined ? [] : [[path, name] as const];
    }),
  );
  return links.map(({ path, objectId }) => {
    const name = nameOf.get(path);
    return { path, sha: objectId, ...(name === undefined ? {} : declared(name, settings)) };
  });
}

/**
 * Returns the parts of an entry that git accepts: no name that leads out of `.git/modules`, no
 * address that is an option.
 */
function declared(
  name: string,
  settings: ReadonlyMap<string, string>,
): Pick<Submodule, 'name' | 'url' | 'notFetched'> {
  const url = settings.get(`submodule.${name}.url`);
  const isOutside = name === '' || name.split(/[/\\]/).includes('..');
  if (isOutside || url?.startsWith('-') === true) return { notFetched: 'unsafe' };
  const isSkipped = settings.get(`submodule.${name}.update`) === 'none';
  return {
    name,
    ...(url === undefined ? {} : { url }),
    ...(isSkipped ? { notFetched: 'skipped' } : {}),
  };
}

/**
 * Finds the git directory of a submodule in a clone, if it has the commit: `.git/modules/<name>`,
 * the same in a linked worktree's git directory, or in the working tree, where older versions of
 * git and `git submodule add` leave it.
 */
export async function findSubmodule(
  { name, path, sha }: Submodule,
  clone: CloneFolders,
): Promise<string | undefined> {
  const { gitDirectory, processes, root } = clone;
  const folders = [gitDirectory, await commonDirectory(gitDirectory)];
  const candidates = new Set([
    ...(name === undefined ? [] : folders.map((folder) => join(folder, 'modules', name))),
    await gitDirectoryOf(join(root, path)),
  ]);
  for (const candidate of candidates) {
    if (!existsSync(join(candidate, 'objects'))) continue;
    const call = {
      processes,
      directory: candidate,
      gitDirectory: candidate,
      env: NO_CONFIGURATION,
    };
    if ((await tryGit(['cat-file', '-e', `${sha}^{commit}`], call)).ok) return candidate;
  }
  return undefined;
}

/** Returns a working tree's folder `.git`, or the directory that its file `.git` names. */
async function gitDirectoryOf(workTree: string): Promise<string> {
  const path = join(workTree, '.git');
  const target = /^gitdir: (.+?)\n*$/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
  return target === undefined ? path : resolve(workTree, target);
}
