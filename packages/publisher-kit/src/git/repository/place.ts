import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidInputError, type SourceFiles } from '@ameide/versioning-core';
import type { Processes, ProcessResult } from '../../process/processes.ts';
import { workTreeAround } from '../../process/work-tree.ts';
import { type GitCall, GitError, git, reasonOf, text, tryGit } from '../git-command.ts';
import { originAddress, readOrigin } from './origin.ts';
import type { IgnoreRule, Repository } from './repository.ts';
import { sourceUrl } from './source-url.ts';
import { createWorkingTree } from './working-tree.ts';

/** Where a repository is, and of which kind. */
export interface Place {
  readonly root: string;
  readonly gitDirectory: string;
  readonly isShallow: boolean;
  readonly isBare: boolean;
  /** What HEAD names; absent before the first commit, and if something else is called HEAD. */
  readonly head?: Head;
}

interface Head {
  /** The id of the object. */
  readonly id: string;
  /** The full ref that HEAD names; `HEAD` if it names a commit. */
  readonly ref: string;
}

/** The answers that begin git's output, and HEAD's id. A path may hold newlines. */
const PLACE = /^(.+?)\n(true|false)\n(true|false)\n/s;
const HEAD = /^([0-9a-f]{40}|[0-9a-f]{64})\n(?:(HEAD|refs\/[^\n]+)\n)?/;
/** Such a ref is not HEAD itself: git has searched for the name HEAD, as for any other name (see `Refs`). */
const IS_SEARCHED = /\/HEAD$/;

/** Throws `InvalidInputError` as `openRepository` does. */
export async function locate(directory: string, processes: Processes): Promise<Place> {
  const result = await askForPlace(directory, processes).catch(ofDirectory);
  const [answers = '', gitDirectory, shallow, bare] = PLACE.exec(text(result)) ?? [];
  if (gitDirectory !== undefined && (result.ok || bare === 'true')) {
    await refuseCommitted(directory, gitDirectory);
    const rest = text(result).slice(answers.length);
    const [head = '', id, ref] = HEAD.exec(rest) ?? [];
    const root = rest.slice(head.length, -1);
    return {
      root: root === '' ? gitDirectory : root,
      gitDirectory,
      isShallow: shallow === 'true',
      isBare: bare === 'true',
      ...(id === undefined || ref === undefined || IS_SEARCHED.test(ref)
        ? {}
        : { head: { id, ref } }),
    };
  }
  if (result.stderrText.includes('dubious ownership')) {
    throw new InvalidInputError(
      {
        field: 'directory',
        received: directory,
        expected: 'a git repository that belongs to the user who runs this',
        hint: 'If you trust its owner: git config --global --add safe.directory <its absolute path>',
      },
      'unsafe-repository',
    );
  }
  throw new InvalidInputError(
    {
      field: 'directory',
      received: directory,
      expected: 'a directory inside a git repository',
      hint: `git says: ${reasonOf(result)}`,
    },
    'not-a-repository',
  );
}

/**
 * Asks for everything about the place in one process. In a bare repository, --show-toplevel fails after
 * git has printed the lines before it. Before the first commit, HEAD fails, so git is asked again without
 * it.
 */
async function askForPlace(directory: string, processes: Processes): Promise<ProcessResult> {
  const place = ['--absolute-git-dir', '--is-shallow-repository', '--is-bare-repository'];
  const call = { processes, directory, isQuestion: true };
  const questions = [...place, 'HEAD', '--symbolic-full-name', 'HEAD', '--show-toplevel'];
  const result = await tryGit(['rev-parse', ...questions], call);
  const hasNoCommit = !result.ok && /\nHEAD\n/.test(text(result));
  return hasNoCommit ? tryGit(['rev-parse', ...place, '--show-toplevel'], call) : result;
}

/**
 * Refuses a git directory that is a plain folder inside the working tree of another repository: a
 * commit can hold it, and its `config` could name programs for git to run. git itself does so with
 * `safe.bareRepository=explicit` (git-config(1), git 2.38). No commit can hold a folder `.git`.
 */
async function refuseCommitted(directory: string, gitDirectory: string): Promise<void> {
  const found = await realpath(directory);
  const isInside = found === gitDirectory || found.startsWith(`${gitDirectory}/`);
  const canBeCommitted = isInside && !gitDirectory.split('/').includes('.git');
  const outer = canBeCommitted ? workTreeAround(dirname(gitDirectory)) : undefined;
  if (outer === undefined) return;
  throw new InvalidInputError(
    {
      field: 'directory',
      received: directory,
      expected: `a directory of the repository ${outer}, not a bare repository among its files`,
      hint: 'A commit can contain such a repository, with a configuration that runs programs. If it is yours, move it out of the other repository.',
    },
    'nested-repository',
  );
}

/** The caller calls the folder that git runs in `directory`. */
function ofDirectory(error: unknown): never {
  if (error instanceof InvalidInputError && error.field === 'cwd')
    throw error.with({ field: 'directory' });
  throw error;
}

type AtPlace = Pick<
  Repository,
  | 'root'
  | 'gitDirectory'
  | 'isShallow'
  | 'currentBranch'
  | 'dirtyPaths'
  | 'workingTree'
  | 'ignoredBy'
  | 'origin'
  | 'remoteUrl'
>;

const NO_FILES: SourceFiles = {
  list: async () => [],
  readText: async () => undefined,
  readBytes: async () => undefined,
};

/** Answers what depends on the clone, not on a commit. */
export function describePlace(place: Place, call: GitCall): AtPlace {
  const { gitDirectory, isBare, isShallow, root } = place;
  return {
    root,
    gitDirectory,
    isShallow: () => Promise.resolve(isShallow),
    currentBranch: async () => branchOf(place.head?.ref ?? (await symbolicHead(call))),
    dirtyPaths: async () => (isBare ? [] : dirtyPaths(call)),
    workingTree: () => (isBare ? NO_FILES : createWorkingTree(root, call)),
    ignoredBy: async (path) => (isBare ? undefined : ignoredBy(path, call)),
    origin: () => readOrigin(call),
    remoteUrl: () => remoteUrl(call),
  };
}

/**
 * git-check-ignore(1): exit code 1 for a path that no pattern names; a tracked path never is ignored, nor one that
 * leads through a link, with which git fails. With `-z` it prints the source, the line, the pattern and the path, also
 * of a pattern that takes back an earlier one.
 */
async function ignoredBy(path: string, call: GitCall): Promise<IgnoreRule | undefined> {
  const result = await tryGit(['check-ignore', '--verbose', '-z', '--stdin'], {
    ...call,
    input: `${path}\0`,
  });
  if (result.stderrText.includes('is beyond a symbolic link')) return undefined;
  if (!result.ok && result.exitCode !== 1) throw new GitError(reasonOf(result));
  const [source = '', line = '', pattern = ''] = text(result).split('\0');
  return pattern === '' || pattern.startsWith('!') ? undefined : { source, line: Number(line) };
}

/** `git symbolic-ref HEAD refs/tags/v0.1.0` makes HEAD name a tag. */
function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref : undefined;
}

async function symbolicHead(call: GitCall): Promise<string> {
  const result = await tryGit(['symbolic-ref', '--quiet', 'HEAD'], call);
  if (!result.ok && result.exitCode !== 1) throw new GitError(reasonOf(result));
  return text(result).trimEnd();
}

async function dirtyPaths(call: GitCall): Promise<readonly string[]> {
  const output = await git(
    [
      'status',
      '--porcelain=v1',
      '-z',
      '--untracked-files=normal',
      '--no-renames',
      '--ignore-submodules=none',
    ],
    // The user's clean filters may be in the repository, in a virtual environment for example.
    { ...call, trust: 'itself', isQuestion: false },
  );
  return output
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));
}

async function remoteUrl(call: GitCall): Promise<string | undefined> {
  const address = await originAddress(call);
  return address === undefined ? undefined : sourceUrl(address);
}
