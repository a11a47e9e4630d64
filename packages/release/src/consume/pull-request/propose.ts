import type { Repository } from '@ameide/publisher-kit/git';
import {
  failed,
  InvalidInputError,
  ok,
  type Problem,
  problem,
  type Result,
} from '@ameide/versioning-core';
import type { Propose } from '../consume.ts';
import type { PullRequestReport } from '../consume-report.ts';
import type { PlannedFile } from '../planned-file.ts';
import { type GithubRepository, openGithub } from './client.ts';
import { commitFiles } from './commit-files.ts';
import { type ProposalText, proposalText } from './proposal-text.ts';

export interface ProposeOptions {
  readonly repository: Repository;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Default `ameide-release/consume`. */
  readonly branch?: string;
  /** The branch that the pull request is for. Default: the default branch. */
  readonly into?: string;
}

const BRANCH = 'ameide-release/consume';

/**
 * Proposes changed files as one pull request of one branch. Throws `InvalidInputError` if there is no token, or the
 * clone is not of GitHub.
 */
export async function createPropose(options: ProposeOptions): Promise<Propose> {
  const { branch = BRANCH, repository } = options;
  requireBranch(branch);
  const github = await openGithub(options);
  return async (files, release) => {
    if (files.length === 0) return { problems: [] };
    const uncommitted = await uncommittedFiles(files, repository);
    if (uncommitted.length > 0) return { problems: uncommitted };
    const into = await baseBranch(options.into, github);
    if (into.problems !== undefined) return { problems: into.problems };
    if (into.value === branch) return { problems: [ownBase(branch)] };
    const text = proposalText(release, files);
    const request = { repository, files, branch, message: text.message };
    const committed = await commitFiles(request, github);
    if (committed.problems !== undefined) return { problems: committed.problems };
    const opened = await openPullRequest({ branch, into: into.value, text }, github);
    if (opened.problems !== undefined) return { problems: opened.problems };
    const { isNew, ...pullRequest } = opened.value;
    const isUpdated = committed.value.isNew || pullRequest.outcome === 'updated';
    const outcome = isNew ? 'opened' : isUpdated ? 'updated' : 'unchanged';
    return { problems: [], pullRequest: { ...pullRequest, outcome } };
  };
}

/** git help check-ref-format; octokit puts the name into an address. */
function requireBranch(branch: string): void {
  if (
    /^(?![-/.])[\w./-]{1,200}(?<![/.])$/.test(branch) &&
    !/\.\.|\/\/|\/\.|\.lock(?:\/|$)/.test(branch)
  )
    return;
  throw new InvalidInputError({
    field: 'branch',
    received: branch,
    expected:
      'the name of a branch of letters, digits and . _ / -, for example ameide-release/consume',
  });
}

async function baseBranch(
  into: string | undefined,
  github: GithubRepository,
): Promise<Result<string>> {
  if (into !== undefined) return ok(into);
  const { owner, repo } = github;
  const asked = await github.ask('read the default branch', async ({ rest }) =>
    rest.repos.get({ owner, repo }),
  );
  return asked.failure === undefined
    ? ok(asked.value.default_branch)
    : failed(asked.failure.problem);
}

interface Proposal {
  readonly branch: string;
  readonly into: string;
  readonly text: ProposalText;
}

/** Opens the pull request of the branch, or updates title and text of the open one. */
async function openPullRequest(
  { branch, into, text: { body, title } }: Proposal,
  github: GithubRepository,
): Promise<Result<PullRequestReport & { readonly isNew: boolean }>> {
  const { owner, repo } = github;
  const listed = await github.ask('list the pull requests', async ({ rest }) =>
    rest.pulls.list({ owner, repo, state: 'open', head: `${owner}:${branch}` }),
  );
  if (listed.failure !== undefined) return failed(listed.failure.problem);
  const open = listed.value.find(({ base }) => base.ref === into) ?? listed.value[0];
  if (open === undefined) {
    const made = await github.ask('open a pull request', async ({ rest }) =>
      rest.pulls.create({ owner, repo, title, body, head: branch, base: into }),
    );
    if (made.failure !== undefined) return failed(made.failure.problem);
    const { html_url: url, number } = made.value;
    return ok({ url, number, branch, outcome: 'opened', isNew: true });
  }
  const { base, html_url: url, number } = open;
  const found = { url, number, branch, isNew: false } as const;
  if (open.title === title && open.body === body && base.ref === into)
    return ok({ ...found, outcome: 'unchanged' });
  const changed = await github.ask(`change the pull request #${number}`, async ({ rest }) =>
    rest.pulls.update({ owner, repo, pull_number: number, title, body, base: into }),
  );
  return changed.failure === undefined
    ? ok({ ...found, outcome: 'updated' })
    : failed(changed.failure.problem);
}

/** A pull request is based on HEAD, so uncommitted changes would get into it unasked, also through a lockfile. */
async function uncommittedFiles(
  files: readonly PlannedFile[],
  repository: Repository,
): Promise<readonly Problem[]> {
  const source = repository.source(await repository.resolve('HEAD'));
  const committed = new Set((await source.list('')).map(({ path }) => path));
  const planned = new Set(
    files.flatMap(({ before, path }) => (before === undefined ? [] : [path])),
  );
  const dirty = (await repository.dirtyPaths()).filter((path) => committed.has(path));
  const added = [...planned].filter((path) => !committed.has(path));
  return [...new Set([...dirty, ...added])].map((path) =>
    problem({
      code: 'consume-uncommitted',
      kind: 'input',
      message: `${path} has changes that are not committed.`,
      hint: 'Commit or stash them: the pull request is based on HEAD.',
      path,
    }),
  );
}

function ownBase(branch: string): Problem {
  return problem({
    code: 'consume-branch-not-ours',
    kind: 'input',
    message: `A pull request cannot merge ${branch} into itself.`,
    hint: 'Choose another name with --branch.',
  });
}
