import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { type GitCall, GitError, git, reasonOf, tryGit } from '../git/git-command.ts';
import type { Processes, ProcessResult } from '../process/processes.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { NO_CONFIGURATION, type PrivateGit } from './private-git.ts';

/**
 * Hides changes of files from `git status` and `git describe --dirty`. Throws `GitError`, also for a
 * file that git does not track.
 */
export async function hideChanges(
  paths: readonly string[],
  { git }: Pick<PrivateGit, 'git'>,
): Promise<void> {
  const input = paths.map((path) => `${path}\0`).join('');
  await git(['update-index', '--assume-unchanged', '-z', '--stdin'], input);
}

/** A folder of a checkout of our own. Both paths are absolute. */
export interface CheckoutFolder {
  readonly checkout: string;
  readonly directory: string;
}

/**
 * Hides what was stamped in a checkout of our own: a build that asks git for its version must get
 * the answer that a clone gives. `paths` are relative to `directory`.
 * Throws as `hideChanges` does, and `InvalidInputError` (`no-checkout`) if `.git` is gone.
 */
export async function hideStamped(
  folder: CheckoutFolder,
  paths: readonly string[],
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const call = callIn(folder, processes, signal);
  await hideChanges(paths, { git: async (args, input = '') => git(args, { ...call, input }) });
  signal?.throwIfAborted();
}

/** A file to stamp, relative to the folder of a checkout. */
export interface FileStamp {
  readonly path: string;
  readonly stamp: (text: string) => string;
}

/**
 * Stamps files in HEAD of a checkout of our own, for a build that takes its files from there. HEAD
 * keeps its id, so a build that asks git which commit it is gets the answer that a clone gives: git
 * reads another tree for it (git-replace(1)). What `prepare` changed in the files stays out of HEAD,
 * and is a change to git, as in a clone. Throws what `hideStamped` throws.
 */
export async function stampHead(
  folder: CheckoutFolder,
  files: readonly FileStamp[],
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const call = callIn(folder, processes, signal);
  const run = async (args: readonly string[], input: string | Buffer = '', env = call.env) =>
    git(args, { ...call, input, env });
  const entries: string[] = [];
  for (const { path, stamp } of files) {
    const listed = await run(['ls-tree', '-z', '--full-name', 'HEAD', '--', path]);
    const [, mode, id, fullPath] = /^(\d+) blob ([0-9a-f]+)\t([^\0]+)\0$/.exec(listed) ?? [];
    if (id === undefined) throw new GitError(`HEAD has no file ${path}`);
    const text = await run(['cat-file', 'blob', id]);
    const stamped = await run(['hash-object', '-w', '--stdin'], stamp(text));
    entries.push(`${mode} ${stamped.trim()}\t${fullPath}\0`);
  }
  const update = ['update-index', '-z', '--index-info'];
  await run(update, entries.join(''));
  await tryGit(['update-index', '-q', '--refresh'], call);
  // An index of its own, because `prepare` may have added files to the other one.
  await using other = await createWorkspace();
  const ofHead = { ...call.env, GIT_INDEX_FILE: join(other.directory, 'index') };
  await run(['read-tree', 'HEAD'], '', ofHead);
  await run(update, entries.join(''), ofHead);
  const tree = (await run(['write-tree'], '', ofHead)).trim();
  const head = (await run(['rev-parse', 'HEAD'])).trim();
  const commit = withTree(await tryGit(['cat-file', 'commit', head], call), tree);
  const replacement = (await run(['hash-object', '-t', 'commit', '-w', '--stdin'], commit)).trim();
  // Git refuses an object that replaces itself.
  if (replacement !== head) await run(['update-ref', `refs/replace/${head}`, replacement]);
  signal?.throwIfAborted();
}

/** Everything but the first line stays as it is, in whatever encoding. */
function withTree(printed: ProcessResult, tree: string): Buffer {
  if (!printed.ok) throw new GitError(reasonOf(printed));
  const commit = Buffer.from(printed.stdout);
  return Buffer.concat([Buffer.from(`tree ${tree}`), commit.subarray(commit.indexOf('\n'))]);
}

function callIn(
  { checkout, directory }: CheckoutFolder,
  processes: Processes,
  signal: AbortSignal | undefined,
): GitCall {
  if (!existsSync(join(checkout, '.git'))) throw removedGitDirectory();
  // If .git is damaged, git must not search the folders above: a repository there is the user's.
  const env = { ...NO_CONFIGURATION, GIT_CEILING_DIRECTORIES: dirname(checkout) };
  return { processes, directory, env, signal };
}

function removedGitDirectory(): InvalidInputError {
  return new InvalidInputError(
    {
      field: '.git',
      expected: "the checkout's own .git after `prepare`, because builds ask git",
      hint: 'Change `prepare` so that it does not remove .git.',
    },
    'no-checkout',
  );
}
