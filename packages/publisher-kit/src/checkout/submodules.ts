import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError, type TreeFile } from '@ameide/versioning-core';
import { commonDirectory } from '../git/alternates.ts';
import { type GitCall, text, tryGit } from '../git/git-command.ts';
import type { Processes } from '../process/processes.ts';
import { NO_CONFIGURATION } from './private-git.ts';

/** A submodule as the commit names it. */
export interface Submodule {
  readonly path: string;
  /** The commit of the other repository. */
  readonly sha: string;
  /** In .gitmodules; absent when that does not name the path. */
  readonly name?: string;
  readonly url?: string;
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
    if (name === undefined) return { path, sha: objectId };
    const url = settings.get(`submodule.${name}.url`);
    return { path, sha: objectId, name: checkName(name), ...(url === undefined ? {} : { url }) };
  });
}

/** The name becomes a path below `.git/modules`: git itself refuses these, since CVE-2018-11235. */
function checkName(name: string): string {
  const parts = name.split(/[/\\]/);
  if (name !== '' && !name.startsWith('-') && !parts.includes('..') && !parts.includes('')) {
    return name;
  }
  throw new InvalidInputError(
    {
      field: '.gitmodules',
      received: name,
      expected: 'submodule names without "..", for example third_party/protos',
    },
    'unsafe-path',
  );
}

/**
 * The git directory of a submodule in a clone, if it has the commit: `.git/modules/<name>`, or, as
 * older versions of git made it, `<path>/.git`.
 */
export async function findSubmodule(
  submodule: Submodule,
  clone: CloneFolders,
): Promise<string | undefined> {
  const { name, path, sha } = submodule;
  const common = await commonDirectory(clone.gitDirectory);
  const candidates = [
    ...(name === undefined ? [] : [join(common, 'modules', name)]),
    join(clone.root, path, '.git'),
  ].filter((candidate) => existsSync(join(candidate, 'objects')));
  for (const gitDirectory of candidates) {
    const { processes } = clone;
    const call = { processes, directory: gitDirectory, gitDirectory, env: NO_CONFIGURATION };
    if ((await tryGit(['cat-file', '-e', `${sha}^{commit}`], call)).ok) return gitDirectory;
  }
  return undefined;
}
