import type { RemoteRef } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import { noAnswer, tagExists } from '../problems.ts';
import type { InPlacePlan } from './plan.ts';
import type { IsReachable } from './reachable.ts';

/**
 * Checks a release: whether the tag exists and is on our commit. The commit is the content, so the
 * same commit has the same bytes.
 */
export async function findTag(
  plan: InPlacePlan,
  ref: string,
  { remote }: PushAccess,
  { signal }: Step,
): Promise<Finding[]> {
  const answer = await remote.lsRemote([ref], { signal });
  return plan.coordinates.map((coordinate): Finding => {
    if ('failure' in answer) return noAnswer(coordinate, remote.url, answer.failure);
    const sha = namedBy(ref, answer.refs);
    if (sha === undefined) return { coordinate, state: 'absent' };
    if (sha === plan.sha) return { coordinate, state: 'identical', sha, digest: sha };
    return {
      coordinate,
      state: 'conflict',
      sha,
      digest: sha,
      problem: tagExists(coordinate, `${ref} of ${plan.registry} is on ${sha}`),
    };
  });
}

/** Checks a dev build: a commit is published once a branch or a tag of the host reaches it. */
export async function findCommit(
  coordinate: Coordinate,
  sha: string,
  { isReachable, access }: { readonly isReachable: IsReachable; readonly access: PushAccess },
  step: Step,
): Promise<Finding> {
  const answer = await isReachable(sha, step);
  if ('failure' in answer) return noAnswer(coordinate, access.url, answer.failure);
  return answer.reachable
    ? { coordinate, state: 'identical', sha, digest: sha }
    : { coordinate, state: 'absent' };
}

/** Returns the commit that a ref of the host names. */
export function namedBy(name: string, refs: readonly RemoteRef[]): string | undefined {
  const found = refs.find(({ ref }) => ref === name);
  return found?.peeled ?? found?.sha;
}

/**
 * The problem of a commit that `go` cannot fetch, because no branch or tag of the host reaches it.
 */
export function notPushed(coordinate: Coordinate, plan: InPlacePlan): Problem {
  return problem({
    code: 'go-commit-not-pushed',
    kind: 'incomplete',
    message: `Commit ${plan.sha} is not on any branch or tag of ${plan.registry}, so go cannot resolve ${formatCoordinate(coordinate)}.`,
    hint: 'Push the branch first. Commits that only refs/pull/* reaches do not count: go does not fetch those.',
    coordinate: formatCoordinate(coordinate),
    rerun: 'after-fix',
  });
}
