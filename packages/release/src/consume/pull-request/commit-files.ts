import { inParallel } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import { bomOf } from '../../files/byte-order-mark.ts';
import type { PlannedFile } from '../planned-file.ts';
import { type Commit, readCommit, readRef, readSha } from './answers.ts';
import type { GithubRepository } from './client.ts';
import { commitMessage, isOwnCommit, type ProposalText } from './proposal-text.ts';

export interface CommitRequest {
  readonly repository: Repository;
  /** The commit that the files were made from. */
  readonly head: string;
  readonly files: readonly PlannedFile[];
  readonly branch: string;
  readonly text: ProposalText;
}

/** What the branch names afterwards, and whether it did before. */
export interface CommittedBranch {
  readonly sha: string;
  readonly isNew: boolean;
}

/** Commits the files on top of HEAD, and sets the branch to that commit. A branch that is not ours stays as it is. */
export async function commitFiles(
  { branch, files, head, repository, text }: CommitRequest,
  github: GithubRepository,
): Promise<Result<CommittedBranch>> {
  const { owner, repo } = github;
  const base = await github.askOrNone({
    what: `read the commit ${head}`,
    send: async ({ rest }) => rest.git.getCommit({ owner, repo, commit_sha: head }),
    read: readCommit,
  });
  if (base.problems !== undefined) return base;
  if (base.value === undefined) return failed(notPushed(head));
  const before = await readBranch(branch, github);
  if (before.problems !== undefined) return before;
  const made = await makeTree(files, { head, baseTree: base.value.tree, repository }, github);
  if (made.problems !== undefined) return made;
  const { value: tree } = made;
  const { sha: old, commit } = before.value;
  if (old !== undefined && commit?.tree === tree && commit.parents[0] === head)
    return ok({ sha: old, isNew: false });
  const message = commitMessage(text, { tree, parent: head });
  const created = await github.ask({
    what: 'make a commit',
    send: async ({ rest }) =>
      rest.git.createCommit({ owner, repo, message, tree, parents: [head] }),
    read: readSha,
  });
  if (created.problems !== undefined) return created;
  const { value: sha } = created;
  const set = await github.ask({
    what: `set the branch ${branch}`,
    send: async ({ rest }) =>
      old === undefined
        ? rest.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha })
        : rest.git.updateRef({ owner, repo, ref: `heads/${branch}`, sha, force: true }),
    read: readRef,
    changes: `the branch ${branch}`,
  });
  return set.problems === undefined ? ok({ sha, isNew: true }) : set;
}

interface Branch {
  /** Absent if there is no such branch. */
  readonly sha?: string;
  readonly commit?: Commit;
}

/** Reads a branch. One that somebody else has changed is a problem. */
async function readBranch(branch: string, github: GithubRepository): Promise<Result<Branch>> {
  const { owner, repo } = github;
  const ref = await github.askOrNone({
    what: `read the branch ${branch}`,
    send: async ({ rest }) => rest.git.getRef({ owner, repo, ref: `heads/${branch}` }),
    read: readRef,
  });
  if (ref.problems !== undefined) return ref;
  const { value: sha } = ref;
  if (sha === undefined) return ok({});
  const commit = await github.ask({
    what: `read the commit ${sha}`,
    send: async ({ rest }) => rest.git.getCommit({ owner, repo, commit_sha: sha }),
    read: readCommit,
  });
  if (commit.problems !== undefined) return commit;
  return isOwnCommit(commit.value)
    ? ok({ sha, commit: commit.value })
    : failed(notOurs(branch, sha));
}

/** Makes the tree of HEAD with the files in it. They are sent as bytes, so that line ends and a BOM stay. */
async function makeTree(
  files: readonly PlannedFile[],
  {
    baseTree,
    head,
    repository,
  }: { readonly head: string; readonly baseTree: string; readonly repository: Repository },
  github: GithubRepository,
): Promise<Result<string>> {
  const { owner, repo } = github;
  const source = repository.source(await repository.resolve(head));
  const modes = new Map((await source.list('')).map(({ mode, path }) => [path, mode]));
  const blobs = await inParallel(files, async ({ path, text }) => {
    const mark = bomOf(await source.readBytes(path));
    const content = Buffer.from(`${mark}${text}`).toString('base64');
    const asked = await github.ask({
      what: `store ${path}`,
      send: async ({ rest }) => rest.git.createBlob({ owner, repo, content, encoding: 'base64' }),
      read: readSha,
    });
    return { path, asked };
  });
  const [first, ...others] = blobs.flatMap(({ asked }) => asked.problems ?? []);
  if (first !== undefined) return failed(first, ...others);
  const tree = blobs.flatMap(({ asked: { value: sha }, path }) =>
    sha === undefined
      ? []
      : [
          {
            path,
            mode: modes.get(path) === 'executable' ? ('100755' as const) : ('100644' as const),
            type: 'blob' as const,
            sha,
          },
        ],
  );
  return github.ask({
    what: 'make a tree',
    send: async ({ rest }) => rest.git.createTree({ owner, repo, base_tree: baseTree, tree }),
    read: readSha,
  });
}

function notPushed(head: string): Problem {
  return problem({
    code: 'consume-head-not-pushed',
    kind: 'input',
    message: `GitHub does not have the commit ${head}, on which the changes are based.`,
    hint: 'Push it first, or run in a clone of a commit that is on GitHub.',
  });
}

function notOurs(branch: string, sha: string): Problem {
  return problem({
    code: 'consume-branch-not-ours',
    kind: 'conflict',
    message: `The branch ${branch} is at ${sha}, a commit that consume did not make, or that somebody has changed since. It was left as it is.`,
    hint: 'Merge its pull request, or close it and delete the branch; or choose another name with --branch.',
    rerun: 'after-fix',
  });
}
