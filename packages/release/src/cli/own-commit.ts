import type { Repository } from '@ameide/publisher-kit/git';
import { type CommitSha, InvalidInputError } from '@ameide/versioning-core';
import { isPullRequest, notOwn } from '../commit/ci-run.ts';
import { findCiRun } from '../commit/find-ci-run.ts';
import { pullRequestRefused } from '../engine/admission.ts';
import { requireOwnClone } from '../engine/origin.ts';
import type { CliEnvironment } from './environment.ts';

/** What the command line says about the commit. */
interface CommitOptions {
  readonly origin?: string;
  readonly ref?: string;
}

/**
 * Throws `InvalidInputError` if this is a clone of another repository than the CI run is of, or if
 * the checked-out commit may be a stranger's. Call it before the definition is loaded: that is a
 * program that would run with our tokens, and the stranger may have written it. In a run that anybody
 * may start, a ref of the command line counts only if the clone has it and it contains the commit.
 */
export async function requireOwn(
  repository: Repository,
  { env }: CliEnvironment,
  { origin, ref }: CommitOptions,
): Promise<void> {
  await requireOwnClone(repository, env, origin);
  const sha = await head(repository);
  const run = await findCiRun(env);
  const reason = notOwn(run, sha);
  const isOwn =
    reason === undefined || (ref !== undefined && (await contains(repository, ref, sha)));
  if (!isOwn) throw pullRequestRefused(ref ?? run.ref ?? 'HEAD', reason);
  if (ref !== undefined && isPullRequest(ref)) throw pullRequestRefused(ref);
}

/** True if the tag is on the commit, or the branch, as the clone has fetched it, contains it. */
async function contains(
  repository: Repository,
  ref: string,
  sha: CommitSha | undefined,
): Promise<boolean> {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const { remote = 'origin' } = (await repository.origin()) ?? {};
  const full = branch === undefined ? ref : `refs/remotes/${remote}/${branch}`;
  const isKnown = branch !== undefined || ref.startsWith('refs/tags/');
  const tip = isKnown ? await repository.resolve(full).catch(notInput) : undefined;
  if (tip === undefined || sha === undefined) return false;
  const relation = tip === sha ? 'same' : await repository.history().relation(sha, tip);
  return relation === 'same' || (branch !== undefined && relation === 'ancestor');
}

/** Nothing in a repository without commits. */
async function head(repository: Repository): Promise<CommitSha | undefined> {
  return repository.resolve('HEAD').catch(notInput);
}

function notInput(error: unknown): undefined {
  if (!(error instanceof InvalidInputError)) throw error;
}
