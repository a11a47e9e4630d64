import type { Problem, Step } from '@ameide/versioning-core';
import { createClient } from './api/client.ts';
import type { Target } from './options.ts';
import type { GithubPlan } from './plan.ts';
import { archived, cannotPush, commitMissing, noToken } from './problems.ts';

/**
 * Checks that the repository exists and has the commit, and that the token may write to it. Stores
 * nothing: it asks for generated notes, which only a token that may make releases gets. The permissions
 * in GitHub's answer are not enough: for every token of an app, `GITHUB_TOKEN` included, they are "none"
 * (semantic-release/github#182), and for a fine-grained token they are its owner's.
 */
export async function checkRepository(
  target: Target,
  plan: GithubPlan,
  { signal }: Step,
): Promise<readonly Problem[]> {
  if (plan.tag === undefined) return [];
  if (target.token() === undefined) return [noToken(target)];
  const client = createClient(target, signal);
  const repository = await client.repository();
  if (repository.failure !== undefined) return [repository.failure.problem];
  if (repository.value.archived) return [archived(target)];
  const [commit, notes] = await Promise.all([
    client.hasCommit(plan.sha),
    client.notes(plan.tag, plan.sha),
  ]);
  if (notes.failure?.status === 403) return [cannotPush(target)];
  const mayPush = repository.value.permissions?.push === true;
  // A 404 here hides what the token may not do, unless the permissions say otherwise: an Enterprise
  // Server of before 3.4 has no such request.
  if (notes.failure?.status === 404 && !mayPush) return [cannotPush(target)];
  if (commit.failure !== undefined) return [commit.failure.problem];
  return commit.value ? [] : [commitMissing(target, plan.sha)];
}
