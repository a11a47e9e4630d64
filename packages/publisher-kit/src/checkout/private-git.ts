import { appendFile, copyFile, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join, relative } from 'node:path';
import { type GitCall, git } from '../git/git-command.ts';
import { borrowObjects, commonDirectory } from '../git/repository/alternates.ts';
import type { Processes } from '../process/processes.ts';

/**
 * git with nothing of the user's or the system's configuration: no filter program, hook, header,
 * credential or address rewriting of theirs. A partial clone fetches nothing behind our back.
 */
export const NO_CONFIGURATION: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_SYSTEM: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
};

/** A git directory of our own that borrows the objects of another one. */
export interface PrivateGit {
  /** Runs git in it, without anybody's configuration. Returns what it printed. */
  git(args: readonly string[], input?: string | Uint8Array): Promise<string>;
}

export interface PrivateGitOptions {
  /** The git directory whose objects are borrowed: read, never written to. */
  readonly source: string;
  /** The new git directory, absolute. */
  readonly gitDirectory: string;
  /** Its working tree; without one it is bare. */
  readonly workTree?: string;
  readonly processes: Processes;
  readonly signal?: AbortSignal | undefined;
}

// A checkout looks the same on every machine: git reads attributes and ignored names of the user
// even without any configuration, from $XDG_CONFIG_HOME/git. A copy of it has other inodes and change times than
// its index says: only size and modification time are compared.
const CONFIGURATION = `[core]
\tautocrlf = false
\teol = lf
\tfsmonitor = false
\tcheckStat = minimal
\ttrustctime = false
\tattributesFile = ${devNull}
\texcludesFile = ${devNull}
\thooksPath = ${devNull}
[gc]
\tauto = 0
[advice]
\tdetachedHead = false
`;

/** Relative, so that a copy of the whole is one of its own. */
function workTreeSettings({ gitDirectory, workTree }: PrivateGitOptions): string {
  if (workTree === undefined) return '';
  if (gitDirectory === join(workTree, '.git')) return '[core]\n\tbare = false\n';
  const path = JSON.stringify(relative(gitDirectory, workTree));
  return `[core]\n\tbare = false\n\tworktree = ${path}\n`;
}

/** Makes the git directory. It sees every object of `source` and of what that borrows from. */
export async function createPrivateGit(options: PrivateGitOptions): Promise<PrivateGit> {
  const { gitDirectory, processes, source, workTree, signal } = options;
  const call: GitCall = {
    processes,
    directory: workTree ?? source,
    gitDirectory,
    env: {
      ...NO_CONFIGURATION,
      ...(workTree === undefined ? {} : { GIT_WORK_TREE: workTree }),
    },
    ...(signal === undefined ? {} : { signal }),
  };
  const common = await commonDirectory(source);
  const format = await git(['rev-parse', '--show-object-format'], {
    ...call,
    directory: source,
    gitDirectory: source,
    env: NO_CONFIGURATION,
  });
  const bare = workTree === undefined ? ['--bare'] : [];
  const flags = ['--quiet', '--template=', `--object-format=${format.trim()}`];
  // A fixed name: what the user's configuration calls it must not matter.
  await git(['init', ...flags, '--initial-branch=main', ...bare], {
    ...call,
    env: NO_CONFIGURATION,
    ...(workTree === undefined ? {} : { directory: workTree }),
  });
  await borrowObjects(gitDirectory, common);
  // Where the history of a shallow clone ends: without it git looks for the parents.
  await copyFile(join(common, 'shallow'), join(gitDirectory, 'shallow')).catch(ignoreMissing);
  await appendFile(join(gitDirectory, 'config'), CONFIGURATION + workTreeSettings(options));
  return {
    git: async (args, input) => git(args, { ...call, ...(input === undefined ? {} : { input }) }),
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/**
 * Gives a private git directory the tags of the source: annotated ones stay so, for `git describe`
 * and what asks it.
 */
export async function copyTags(
  source: string,
  gitDirectory: string,
  processes: Processes,
): Promise<void> {
  const call = { processes, directory: source, gitDirectory: source, env: NO_CONFIGURATION };
  const tags = await git(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags'], call);
  await writeFile(join(gitDirectory, 'packed-refs'), `# pack-refs with: sorted\n${tags}`);
}
