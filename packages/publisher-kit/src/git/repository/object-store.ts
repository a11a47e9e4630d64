import { type CommitSha, parseSha } from '@ameide/versioning-core';
import { createProcesses } from '../../process/create-processes.ts';
import type { Processes } from '../../process/processes.ts';
import { GitError, git } from '../git-command.ts';
import { borrowObjects, commonDirectory } from './alternates.ts';
import { type CommitInput, commitBytes, commitId } from './commit-object.ts';

/** A private object database on top of a source repository: see `createObjectStore`. */
export interface ObjectStore {
  /** The absolute path of a bare git directory, for `GitRemote.push` and `GitRemote.fetch`. */
  readonly gitDirectory: string;
  readonly format: 'sha1' | 'sha256';
  /** Writes one commit object; its id is `commitId(commit)`. */
  writeCommit(commit: CommitInput, options?: { readonly signal?: AbortSignal }): Promise<CommitSha>;
}

/**
 * Makes a private bare git directory at `directory` (which must not exist) that sees every object
 * of the source repository through `objects/info/alternates` (gitrepository-layout(5)). Commits can
 * be written to it and pushed from it; the source repository is only read. Works only while the
 * source repository stays in place.
 */
export async function createObjectStore(
  sourceGitDirectory: string,
  directory: string,
  processes: Processes = createProcesses(),
): Promise<ObjectStore> {
  const source = { processes, directory: sourceGitDirectory, gitDirectory: sourceGitDirectory };
  const format =
    (await git(['rev-parse', '--show-object-format'], source)).trim() === 'sha256'
      ? 'sha256'
      : 'sha1';
  await git(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`], {
    processes,
    directory: sourceGitDirectory,
    gitDirectory: directory,
  });
  await borrowObjects(directory, await commonDirectory(sourceGitDirectory));
  return {
    gitDirectory: directory,
    format,
    writeCommit: (commit, options = {}) =>
      writeCommit(commit, format, { processes, directory, gitDirectory: directory, ...options }),
  };
}

async function writeCommit(
  commit: CommitInput,
  format: ObjectStore['format'],
  call: Parameters<typeof git>[1],
): Promise<CommitSha> {
  const args = ['hash-object', '-t', 'commit', '-w', '--stdin'];
  const written = parseSha((await git(args, { ...call, input: commitBytes(commit) })).trim());
  const planned = commitId(commit, format);
  if (written !== planned)
    throw new GitError(`git hash-object wrote ${written} where ${planned} was planned`);
  return written;
}
