import { inParallel } from '@ameide/publisher-kit';
import type { Repository } from '@ameide/publisher-kit/git';
import { orNone } from '@ameide/publisher-kit/github';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import type { PlannedFile } from '../planned-file.ts';
import type { GithubRepository } from './client.ts';
import { TRAILER } from './proposal-text.ts';

export interface CommitRequest {
  readonly repository: Repository;
  readonly files: readonly PlannedFile[];
  readonly branch: string;
  readonly message: string;
}

/** What the branch names afterwards, and whether it did before. */
export interface CommittedBranch {
  readonly sha: string;
  readonly isNew: boolean;
}

/** Commits the files on top of HEAD, and sets the branch to that commit. A branch that is not ours stays as it is. */
export async function commitFiles(
  { branch, files, message, repository }: CommitRequest,
  github: GithubRepository,
): Promise<Result<CommittedBranch>> {
  const { owner, repo } = github;
  const head = await repository.resolve('HEAD');
  const base = await orNone(
    github.ask(`read the commit ${head}`, async ({ rest }) =>
      rest.git.getCommit({ owner, repo, commit_sha: head }),
    ),
  );
  if (base.failure !== undefined) return failed(base.failure.problem);
  if (base.value === undefined) return failed(notPushed(head));
  const before = await readBranch(branch, github);
  if (before.problems !== undefined) return before;
  const tree = await makeTree(files, { head, baseTree: base.value.tree.sha, repository }, github);
  if (tree.problems !== undefined) return tree;
  const { sha: old, commit } = before.value;
  if (old !== undefined && commit?.tree === tree.value && commit.parent === head)
    return ok({ sha: old, isNew: false });
  const made = await github.ask('make a commit', async ({ rest }) =>
    rest.git.createCommit({ owner, repo, message, tree: tree.value, parents: [head] }),
  );
  if (made.failure !== undefined) return failed(made.failure.problem);
  const { sha } = made.value;
  const set = await github.ask(`set the branch ${branch}`, async ({ rest }) =>
    old === undefined
      ? rest.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha })
      : rest.git.updateRef({ owner, repo, ref: `heads/${branch}`, sha, force: true }),
  );
  return set.failure === undefined ? ok({ sha, isNew: true }) : failed(set.failure.problem);
}

interface Branch {
  /** Absent if there is no such branch. */
  readonly sha?: string;
  readonly commit?: { readonly tree: string; readonly parent: string | undefined };
}

/** Reads a branch. One that somebody else has committed to is a problem. */
async function readBranch(branch: string, github: GithubRepository): Promise<Result<Branch>> {
  const { owner, repo } = github;
  const ref = await orNone(
    github.ask(`read the branch ${branch}`, async ({ rest }) =>
      rest.git.getRef({ owner, repo, ref: `heads/${branch}` }),
    ),
  );
  if (ref.failure !== undefined) return failed(ref.failure.problem);
  const sha = ref.value?.object.sha;
  if (sha === undefined) return ok({});
  const commit = await github.ask(`read the commit ${sha}`, async ({ rest }) =>
    rest.git.getCommit({ owner, repo, commit_sha: sha }),
  );
  if (commit.failure !== undefined) return failed(commit.failure.problem);
  const { message, parents, tree } = commit.value;
  if (!new RegExp(`^${TRAILER}: [0-9a-f]{40,64}$`, 'm').test(message))
    return failed(notOurs(branch, sha));
  return ok({ sha, commit: { tree: tree.sha, parent: parents[0]?.sha } });
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
    const old = await source.readBytes(path);
    const mark =
      old !== undefined && Buffer.from(old).toString('utf8').startsWith('\uFEFF') ? '\uFEFF' : '';
    const content = Buffer.from(`${mark}${text}`).toString('base64');
    const asked = await github.ask(`store ${path}`, async ({ rest }) =>
      rest.git.createBlob({ owner, repo, content, encoding: 'base64' }),
    );
    return { path, asked };
  });
  const problems = blobs.flatMap(({ asked }) => asked.failure?.problem ?? []);
  const [first, ...others] = problems;
  if (first !== undefined) return failed(first, ...others);
  const tree = blobs.flatMap(({ asked, path }) =>
    asked.value === undefined
      ? []
      : [
          {
            path,
            mode: modes.get(path) === 'executable' ? ('100755' as const) : ('100644' as const),
            type: 'blob' as const,
            sha: asked.value.sha,
          },
        ],
  );
  const made = await github.ask('make a tree', async ({ rest }) =>
    rest.git.createTree({ owner, repo, base_tree: baseTree, tree }),
  );
  return made.failure === undefined ? ok(made.value.sha) : failed(made.failure.problem);
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
    message: `The branch ${branch} is at ${sha}, a commit that consume did not make: somebody else committed to it. It was left as it is.`,
    hint: 'Merge its pull request, or close it and delete the branch; or choose another name with --branch.',
    rerun: 'after-fix',
  });
}
