import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import type { Processes } from '../../process/processes.ts';
import { workTreeAround } from '../../process/work-tree.ts';
import { type GitCall, GitError, git, reasonOf, text, tryGit } from '../git-command.ts';
import { originAddress, readOrigin } from './origin.ts';
import type { Repository } from './repository.ts';
import { sourceUrl } from './source-url.ts';

/** Where a repository is, and of which kind. */
export interface Place {
  readonly root: string;
  readonly gitDirectory: string;
  readonly isShallow: boolean;
  readonly isBare: boolean;
}

/** Throws `InvalidInputError` as `openRepository` does. */
export async function locate(directory: string, processes: Processes): Promise<Place> {
  // In a bare repository --show-toplevel fails after git has printed the lines before it.
  const questions = [
    '--absolute-git-dir',
    '--is-shallow-repository',
    '--is-bare-repository',
    '--show-toplevel',
  ];
  const call = { processes, directory };
  const result = await tryGit(['rev-parse', ...questions], call).catch(ofDirectory);
  // A path may hold newlines.
  const [, gitDirectory, shallow, bare, root] =
    /^(.+?)\n(true|false)\n(true|false)\n(?:(.+)\n)?$/s.exec(text(result)) ?? [];
  if (gitDirectory !== undefined && (result.ok || bare === 'true')) {
    await refuseCommitted(directory, gitDirectory);
    return {
      root: root ?? gitDirectory,
      gitDirectory,
      isShallow: shallow === 'true',
      isBare: bare === 'true',
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
  'root' | 'gitDirectory' | 'isShallow' | 'currentBranch' | 'dirtyPaths' | 'origin' | 'remoteUrl'
>;

/** Answers what depends on the clone, not on a commit. */
export function describePlace(place: Place, call: GitCall): AtPlace {
  const { gitDirectory, isBare, isShallow, root } = place;
  return {
    root,
    gitDirectory,
    isShallow: () => Promise.resolve(isShallow),
    currentBranch: () => currentBranch(call),
    dirtyPaths: async () => (isBare ? [] : dirtyPaths(call)),
    origin: () => readOrigin(call),
    remoteUrl: () => remoteUrl(call),
  };
}

async function currentBranch(call: GitCall): Promise<string | undefined> {
  const result = await tryGit(['symbolic-ref', '--quiet', 'HEAD'], call);
  if (!result.ok && result.exitCode !== 1) throw new GitError(reasonOf(result));
  // `git symbolic-ref HEAD refs/tags/v0.1.0` makes HEAD name a tag.
  const ref = text(result).trimEnd();
  return ref.startsWith('refs/heads/') ? ref : undefined;
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
    { ...call, trust: 'itself' },
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
