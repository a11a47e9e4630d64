import { resolve as resolvePath } from 'node:path';
import {
  type AncestorTag,
  type CommitSha,
  InvalidInputError,
  parseSha,
} from '@ameide/versioning-core';
import { createProcesses, type ProcessPorts } from '../../process/create-processes.ts';
import { allowedEnvironment } from '../../process/environment.ts';
import type { Processes } from '../../process/processes.ts';
import {
  type GitCall,
  GitError,
  git,
  gitEnvironment,
  reasonOf,
  text,
  tryGit,
} from '../git-command.ts';
import { onceForEach } from '../once-for-each.ts';
import { createCheckouts } from './checkouts.ts';
import { createCommits } from './commits.ts';
import { createHistory } from './history.ts';
import { createObjectReader } from './object-reader.ts';
import { originAddress } from './origin-address.ts';
import type { Repository } from './repository.ts';
import { refuseShallow } from './shallow.ts';
import { createSourceTree } from './source-tree.ts';
import { sourceUrl } from './source-url.ts';
import { parseTagList, peelTags, TAG_FORMAT } from './tags.ts';
import { createTreeReader } from './tree-reader.ts';

/**
 * Opens the repository that contains a directory. Throws `InvalidInputError` with the code
 * `not-a-repository`, `unsafe-repository` (owned by another user) or `git-missing`. Close it after
 * use.
 */
export async function openRepository(
  directory: string,
  ports: ProcessPorts = {},
): Promise<Repository> {
  const processes = createProcesses(ports);
  const place = await locate(resolvePath(directory), processes);
  const call: GitCall = { processes, directory: place.root };
  const environment = readerEnvironment(ports.env ?? process.env);
  const reader = createObjectReader(place.gitDirectory, environment);
  const trees = createTreeReader(reader);
  const commits = createCommits(reader, place.isShallow);
  const tags = createTagLister(call, (ref) => commits.resolve(ref));
  const history = createHistory({
    isShallow: place.isShallow,
    complete: (id) => commits.complete(id),
    isAncestor: (a, b) => isAncestor(a, b, call),
  });
  const ancestorTags = async (sha: string): Promise<readonly AncestorTag[]> => {
    await refuseShallow(repository);
    return tags(parseSha(sha));
  };
  const commitTime = async (sha: string): Promise<number> => (await commits.header(sha)).time;
  const rootTree = async (sha: string): Promise<string> => (await commits.header(sha)).tree;
  const clone = { gitDirectory: place.gitDirectory, root: place.root, processes };
  const checkouts = createCheckouts(clone, environment, {
    trees,
    header: (sha) => commits.header(sha),
  });
  const repository: Repository = {
    root: place.root,
    gitDirectory: place.gitDirectory,
    isShallow: () => Promise.resolve(place.isShallow),
    resolve: (ref) => commits.resolve(ref),
    commitTime,
    history: () => history,
    currentBranch: () => currentBranch(call),
    tagsAt: async (sha) =>
      (await tags(parseSha(sha))).filter((one) => one.sha === sha).map(({ tag }) => tag),
    mergedTags: async (sha) => (await ancestorTags(sha)).map(({ tag }) => tag),
    dirtyPaths: async () => (place.isBare ? [] : dirtyPaths(call)),
    remoteUrl: () => remoteUrl(call),
    source: (sha, options = {}) =>
      createSourceTree(sha, {
        gitDirectory: place.gitDirectory,
        trees,
        rootTree,
        ancestorTags,
        commitTime,
        missingContent: async (at) => checkouts.missingContent(at, options),
      }),
    checkout: checkouts.checkout,
    close: () => reader.close(),
    [Symbol.asyncDispose]: () => reader.close(),
  };
  return repository;
}

interface Place {
  readonly root: string;
  readonly gitDirectory: string;
  readonly isShallow: boolean;
  readonly isBare: boolean;
}

async function locate(directory: string, processes: Processes): Promise<Place> {
  // In a bare repository --show-toplevel fails after git has printed the lines before it.
  const questions = [
    '--absolute-git-dir',
    '--is-shallow-repository',
    '--is-bare-repository',
    '--show-toplevel',
  ];
  const result = await tryGit(['rev-parse', ...questions], { processes, directory });
  const [gitDirectory, shallow, bare, root] = text(result).split('\n');
  if (gitDirectory !== undefined && gitDirectory !== '' && (result.ok || bare === 'true')) {
    return {
      root: root === undefined || root === '' ? gitDirectory : root,
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

function createTagLister(
  call: GitCall,
  resolve: (ref: string) => Promise<CommitSha>,
): (sha: CommitSha) => Promise<readonly AncestorTag[]> {
  return onceForEach(async (sha) => {
    const merged = await git(
      ['for-each-ref', `--merged=${sha}`, `--format=${TAG_FORMAT}`, 'refs/tags'],
      call,
    );
    return peelTags(parseTagList(merged), resolve);
  });
}

/** Settings for reading contain no secret. */
function readerEnvironment(base: NodeJS.ProcessEnv): Record<string, string> {
  const ours = gitEnvironment() as Record<string, string>;
  return { ...allowedEnvironment(base), ...ours };
}

async function isAncestor(ancestor: string, descendant: string, call: GitCall): Promise<boolean> {
  const result = await tryGit(['merge-base', '--is-ancestor', ancestor, descendant], call);
  if (result.ok || result.exitCode === 1) return result.ok;
  throw new GitError(reasonOf(result));
}

async function currentBranch(call: GitCall): Promise<string | undefined> {
  const result = await tryGit(['symbolic-ref', '--quiet', 'HEAD'], call);
  if (result.ok || result.exitCode === 1) return result.ok ? text(result).trimEnd() : undefined;
  throw new GitError(reasonOf(result));
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
    call,
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
