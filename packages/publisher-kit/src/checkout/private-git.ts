import { appendFile, copyFile, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join, relative } from 'node:path';
import { type GitCall, git } from '../git/git-command.ts';
import { borrowObjects, commonDirectory, quoted } from '../git/repository/alternates.ts';
import { formatOf } from '../git/repository/object-format.ts';
import type { Processes } from '../process/processes.ts';

/**
 * Runs git without the user's and the system's configuration: none of their filters, hooks,
 * headers, credentials or address rewriting.
 */
export const NO_CONFIGURATION: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_SYSTEM: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
};

/** Our own git directory that borrows the objects of another one. */
export interface PrivateGit {
  /** Runs git in it, without any outside configuration. Returns what git printed. */
  git(args: readonly string[], input?: string | Uint8Array): Promise<string>;
}

export interface PrivateGitOptions {
  /** The git directory to borrow objects from. Only for reading. */
  readonly source: string;
  /** The id of any object in `source`: its length shows the object format. */
  readonly objectId: string;
  /** The new git directory, absolute. */
  readonly gitDirectory: string;
  /** The working tree; without one the new directory is bare. */
  readonly workTree?: string;
  readonly processes: Processes;
  readonly signal?: AbortSignal | undefined;
}

// A checkout must look the same on every machine, but even without configuration git reads the
// user's attributes and ignored names from $XDG_CONFIG_HOME/git. A copy of the checkout has other
// inodes and change times than its index, so git compares only size and modification time.
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

/** Relative, so that a copy of the whole checkout refers to itself. */
function workTreeSettings({ gitDirectory, workTree }: PrivateGitOptions): string {
  if (workTree === undefined) return '';
  if (gitDirectory === join(workTree, '.git')) return '[core]\n\tbare = false\n';
  const path = quoted(relative(gitDirectory, workTree));
  return `[core]\n\tbare = false\n\tworktree = ${path}\n`;
}

/** Makes the git directory. It sees every object of `source`, and those that `source` borrows. */
export async function createPrivateGit(options: PrivateGitOptions): Promise<PrivateGit> {
  const { objectId, gitDirectory, processes, source, workTree, signal } = options;
  const call: GitCall = {
    processes,
    directory: workTree ?? source,
    gitDirectory,
    env: {
      ...NO_CONFIGURATION,
      ...(workTree === undefined ? {} : { GIT_WORK_TREE: workTree }),
    },
    signal,
  };
  const common = await commonDirectory(source);
  const bare = workTree === undefined ? ['--bare'] : [];
  const flags = ['--quiet', '--template=', `--object-format=${formatOf(objectId)}`];
  // A fixed name, so that the user's configuration has no effect.
  await git(['init', ...flags, '--initial-branch=main', ...bare], {
    ...call,
    // Whatever git's default: we write a file `packed-refs` (git 2.45).
    env: { ...NO_CONFIGURATION, GIT_DEFAULT_REF_FORMAT: 'files' },
    ...(workTree === undefined ? {} : { directory: workTree }),
  });
  await borrowObjects(gitDirectory, common);
  // Marks where a shallow clone's history ends; otherwise git looks for the parents.
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
 * Copies the source's tags to a private git directory. Annotated tags stay annotated, for `git
 * describe` and tools that use it.
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
