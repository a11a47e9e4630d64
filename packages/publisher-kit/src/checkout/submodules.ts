import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TreeFile } from '@ameide/versioning-core';
import { type GitCall, text, tryGit } from '../git/git-command.ts';
import { commonDirectory } from '../git/repository/alternates.ts';
import type { Processes } from '../process/processes.ts';
import { NO_CONFIGURATION } from './private-git.ts';

/** A submodule as the commit names it. */
export interface Submodule {
  readonly path: string;
  /** The commit of the other repository. */
  readonly sha: string;
  /** In .gitmodules; absent when that does not name the path, or by a name that git ignores. */
  readonly name?: string;
  readonly url?: string;
  /**
   * Why git does not fetch it. `unsafe`: .gitmodules says what was made to do harm. `skipped`: it
   * says `update = none`.
   */
  readonly notFetched?: 'unsafe' | 'skipped';
}

/** Where a clone keeps repositories. */
export interface CloneFolders {
  readonly gitDirectory: string;
  /** The top of its working tree; the git directory itself when it is bare. */
  readonly root: string;
  readonly processes: Processes;
}

/** The submodules among a commit's files, with what its .gitmodules says of them. */
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

/** What git takes of it: no name that leads out of `.git/modules`, no address that is an option. */
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
 * The git directory of a submodule in a clone, if it has the commit: `.git/modules/<name>`, in a
 * linked worktree in that one's git directory, or, as older versions of git and `git submodule add`
 * leave it, in the working tree.
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

/** Of a working tree: its folder `.git`, or what the file `.git` names. */
async function gitDirectoryOf(workTree: string): Promise<string> {
  const path = join(workTree, '.git');
  const target = /^gitdir: (.+?)\n*$/.exec(await readFile(path, 'utf8').catch(() => ''))?.[1];
  return target === undefined ? path : resolve(workTree, target);
}
