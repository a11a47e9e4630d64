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
import { type Pull, readDefaultBranch, readPull, readPulls } from './answers.ts';
import { type GithubRepository, openGithub } from './client.ts';
import { type CommittedBranch, commitFiles } from './commit-files.ts';
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
  return async (files, release, head) => {
    if (files.length === 0) return { problems: [] };
    const uncommitted = await uncommittedFiles(files, repository);
    if (uncommitted.length > 0) return { problems: uncommitted };
    const into = await baseBranch(options.into, github);
    if (into.problems !== undefined) return { problems: into.problems };
    if (into.value === branch) return { problems: [ownBase(branch)] };
    const open = await openPull(branch, into.value, github);
    if (open.problems !== undefined) return { problems: open.problems };
    const text = proposalText(release, files);
    const committed = await commitFiles({ repository, head, files, branch, text }, github);
    if (committed.problems !== undefined) return { problems: committed.problems };
    const proposal = { branch, into: into.value, text, open: open.value };
    const opened = await openPullRequest(proposal, github);
    if (opened.problems !== undefined)
      return { problems: opened.problems.map((one) => afterCommit(one, branch, committed.value)) };
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
  return github.ask({
    what: 'read the default branch',
    send: async ({ rest }) => rest.repos.get({ owner, repo }),
    read: readDefaultBranch,
  });
}

/**
 * Finds the open pull request of the branch. One that is for another branch is a problem: it would get the commit of this
 * one.
 */
async function openPull(
  branch: string,
  into: string,
  github: GithubRepository,
): Promise<Result<Pull | undefined>> {
  const { owner, repo } = github;
  const listed = await github.ask({
    what: 'list the pull requests',
    send: async ({ rest }) =>
      rest.pulls.list({ owner, repo, state: 'open', head: `${owner}:${branch}`, per_page: 100 }),
    read: readPulls,
  });
  if (listed.problems !== undefined) return listed;
  const other = listed.value.find(({ base }) => base !== into);
  return other === undefined ? ok(listed.value[0]) : failed(forAnother(branch, into, other));
}

interface Proposal {
  readonly branch: string;
  readonly into: string;
  readonly text: ProposalText;
  readonly open: Pull | undefined;
}

/** Opens the pull request of the branch, or updates title and text of the open one. */
async function openPullRequest(
  { branch, into, open, text: { body, title } }: Proposal,
  github: GithubRepository,
): Promise<Result<PullRequestReport & { readonly isNew: boolean }>> {
  const { owner, repo } = github;
  if (open?.title === title && open.body === body)
    return ok({ url: open.url, number: open.number, branch, outcome: 'unchanged', isNew: false });
  const isNew = open === undefined;
  const made = await github.ask({
    what: isNew ? 'open a pull request' : `change the pull request #${open.number}`,
    send: async ({ rest }) =>
      isNew
        ? rest.pulls.create({ owner, repo, title, body, head: branch, base: into })
        : rest.pulls.update({ owner, repo, pull_number: open.number, title, body }),
    read: readPull,
    changes: isNew ? 'the list of pull requests' : 'its title and text',
  });
  if (made.problems !== undefined) return made;
  const { number, url } = made.value;
  return ok({ url, number, branch, outcome: isNew ? 'opened' : 'updated', isNew });
}

/** The branch was set before its pull request could be opened. */
function afterCommit(found: Problem, branch: string, { isNew, sha }: CommittedBranch): Problem {
  if (!isNew) return found;
  return {
    ...found,
    message: `${found.message} The branch ${branch} was set to ${sha} before.`,
    hint: `${found.hint ?? ''} The next run finds the branch as it is, and goes on with the pull request.`.trim(),
    effect: found.effect === 'none' ? 'committed' : found.effect,
  };
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

function forAnother(branch: string, into: string, { base, number, url }: Pull): Problem {
  return problem({
    code: 'consume-branch-not-ours',
    kind: 'conflict',
    message: `The branch ${branch} has an open pull request for ${base}, #${number} (${url}), not for ${into}. Nothing was changed.`,
    hint: 'Choose another name with --branch, or close that pull request.',
    rerun: 'after-fix',
  });
}
