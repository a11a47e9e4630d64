import type { Repository } from '@ameide/publisher-kit';
import { InvalidInputError, inputProblem, type Problem } from '@ameide/versioning-core';
import { NOT_MERGED } from '../commit/ci-run.ts';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { type ExpectedOrigin, refuseOrigin } from './origin.ts';

/** The definition's rules for which commits may be published. */
type Policy = Pick<ReleaseDefinition, 'branches' | 'repository'>;

/** Returns the reasons why this commit must not be published from this clone. */
export async function refusals(
  commit: Commit,
  repository: Repository,
  policy: Policy,
  origin: Omit<ExpectedOrigin, 'definition'>,
): Promise<Problem[]> {
  const [dirty, elsewhere, branch] = await Promise.all([
    dirtyTree(repository, commit),
    refuseOrigin(repository, { ...origin, definition: policy.repository }),
    otherBranch(repository, commit, policy),
  ]);
  const other = elsewhere === undefined ? branch : [refused(elsewhere)];
  return [...dirty, ...pullRequest(commit), ...other];
}

async function dirtyTree(repository: Repository, { canonical }: Commit): Promise<Problem[]> {
  // Only HEAD could be confused with the working tree. Any other commit is built without its
  // changes.
  if ((await repository.resolve('HEAD')) !== canonical.sha) return [];
  const paths = await repository.dirtyPaths();
  if (paths.length === 0) return [];
  const some =
    paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');
  const error = new InvalidInputError(
    {
      field: 'working tree',
      expected: `no uncommitted changes, found ${some}`,
      hint: 'Commit, stash (git stash -u) or ignore them: the build uses the commit, without these changes.',
    },
    'dirty-tree',
  );
  return [inputProblem(error)];
}

function pullRequest({ channel, notOwn, ref }: Commit): Problem[] {
  return channel.kind === 'pull-request' ? [refused(pullRequestRefused(ref, notOwn))] : [];
}

export function pullRequestRefused(ref: string, reason: string = NOT_MERGED): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'ref',
      received: ref,
      expected: `a branch or a version tag: ${reason}`,
      hint:
        reason === NOT_MERGED
          ? 'Use "ameide-release version" in pull requests; publish after the merge.'
          : "Check out the commit that the run is for. If the workflow itself makes sure that this commit is a branch's or a tag's, say which: --ref refs/heads/<branch>.",
    },
    'pull-request',
  );
}

/**
 * Refuses a dev build of a commit that is on none of the branches. It checks the branches
 * themselves, not the branch name of the run: a job may have checked out a pull request's commit
 * under another branch's name. A release may be on any branch, as its tag names it.
 */
async function otherBranch(
  repository: Repository,
  { canonical, channel, ref }: Commit,
  { branches }: Policy,
): Promise<Problem[]> {
  if (channel.kind !== 'dev' || branches === undefined) return [];
  const { remote = 'origin' } = (await repository.origin()) ?? {};
  const history = repository.history();
  const refs = branches.flatMap((branch) => [
    `refs/heads/${branch}`,
    `refs/remotes/${remote}/${branch}`,
  ]);
  const tips = await Promise.all(refs.map(async (name) => repository.resolve(name).catch(notHere)));
  const relations = await Promise.all(
    tips.map(async (tip) => (tip === undefined ? 'unknown' : history.relation(canonical.sha, tip))),
  );
  if (relations.some((relation) => relation === 'same' || relation === 'ancestor')) return [];
  const error = new InvalidInputError(
    {
      field: 'branches',
      received: ref,
      expected: `a version tag, or a commit on ${branches.join(' or ')} (here or at origin): the release definition does not publish other commits`,
      hint: tips.every((tip) => tip === undefined)
        ? `This clone has no branch ${branches.join(' or ')}, and none of that name from origin. Fetch it (actions/checkout: fetch-depth: 0), or correct the option branches.`
        : 'Publish after the merge. In CI, check out every branch with its history (actions/checkout: fetch-depth: 0).',
    },
    'branch-not-published',
  );
  return [refused(error)];
}

function notHere(error: unknown): undefined {
  if (!(error instanceof InvalidInputError)) throw error;
}

function refused(error: InvalidInputError): Problem {
  return inputProblem(error, { kind: 'policy' });
}
