import { resolve as resolvePath } from 'node:path';
import { createProcesses, type ProcessPorts } from '../../process/create-processes.ts';
import { allowedEnvironment } from '../../process/environment.ts';
import { distrustWorkTree, trustedEnvironment } from '../../process/trusted-path.ts';
import { type GitCall, gitEnvironment } from '../git-command.ts';
import { createAncestry } from './ancestry.ts';
import { createCheckouts } from './checkouts.ts';
import { createCommits } from './commits.ts';
import { commitsSince } from './commits-since.ts';
import { fileHistory } from './file-history.ts';
import { createObjectReader } from './object-reader.ts';
import { describePlace, locate } from './place.ts';
import { createRefs } from './refs.ts';
import type { Repository } from './repository.ts';
import { createSourceTree } from './source-tree.ts';
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
  const folder = resolvePath(directory);
  distrustWorkTree(folder);
  const place = await locate(folder, processes);
  const { gitDirectory, root } = place;
  const call: GitCall = { processes, directory: root, gitDirectory, isQuestion: true };
  const environment = readerEnvironment(ports.env ?? process.env);
  const reader = createObjectReader(gitDirectory, environment);
  const trees = createTreeReader(reader);
  const commits = createCommits(reader, createRefs(call, place.head?.id), place.isShallow);
  const { allTags, ancestorTags, ...ancestry } = createAncestry(place, commits, call);
  const clone = { gitDirectory, root, processes };
  const checkouts = createCheckouts(clone, environment, {
    trees,
    header: (sha) => commits.header(sha),
  });
  const commitTime = async (sha: string): Promise<number> => (await commits.header(sha)).time;
  const rootTree = async (sha: string): Promise<string> => (await commits.header(sha)).tree;
  return {
    ...describePlace(place, call),
    ...ancestry,
    resolve: (ref) => commits.resolve(ref),
    commitTime,
    fileHistory: async (path) => fileHistory(path, place.head?.id, call),
    commitsSince: async (sha) => commitsSince(sha, place, call),
    subject: async (sha) => (await commits.header(sha)).subject,
    source: (sha, options = {}) =>
      createSourceTree(sha, {
        gitDirectory,
        trees,
        rootTree,
        tags: allTags,
        ancestorTags,
        commitTime,
        missingContent: async (at) => checkouts.missingContent(at, options),
      }),
    checkout: checkouts.checkout,
    close: () => reader.close(),
    [Symbol.asyncDispose]: () => reader.close(),
  };
}

/** Settings for reading contain no secret. */
function readerEnvironment(base: NodeJS.ProcessEnv): Record<string, string> {
  const ours = gitEnvironment() as Record<string, string>;
  return trustedEnvironment({ ...allowedEnvironment(base), ...ours });
}
