import type { RemoteRef } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import { silent } from '../silent.ts';
import type { InPlacePlan } from './plan.ts';
import type { Reach } from './reach.ts';

/**
 * A release: does the tag exist, and on our commit? The commit is the content, so the same commit
 * is the same bytes.
 */
export async function findTag(
  plan: InPlacePlan,
  ref: string,
  { remote }: Access,
  { signal }: Step,
): Promise<Finding[]> {
  const answer = await remote.lsRemote([ref], { signal });
  return plan.coordinates.map((coordinate): Finding => {
    if ('failure' in answer) return silent(coordinate, remote.url, answer.failure);
    const sha = namedBy(ref, answer.refs);
    if (sha === undefined) return { coordinate, state: 'absent' };
    if (sha === plan.sha) return { coordinate, state: 'identical', sha, digest: sha };
    return {
      coordinate,
      state: 'conflict',
      sha,
      digest: sha,
      problem: tagExists(coordinate, ref, sha, plan),
    };
  });
}

/** A commit is published as soon as a branch or a tag of the host reaches it. */
export async function findCommit(
  coordinate: Coordinate,
  sha: string,
  { reach, access }: { readonly reach: Reach; readonly access: Access },
  step: Step,
): Promise<Finding> {
  const answer = await reach(sha, step);
  if ('failure' in answer) return silent(coordinate, access.url, answer.failure);
  return answer.reachable
    ? { coordinate, state: 'identical', sha, digest: sha }
    : { coordinate, state: 'absent' };
}

/** The commit that a ref of the host names. */
export function namedBy(name: string, refs: readonly RemoteRef[]): string | undefined {
  const found = refs.find(({ ref }) => ref === name);
  return found?.peeled ?? found?.sha;
}

function tagExists(coordinate: Coordinate, ref: string, sha: string, plan: InPlacePlan): Problem {
  return {
    code: 'go-tag-exists',
    kind: 'conflict',
    message: `Could not publish ${formatCoordinate(coordinate)}: ${ref} of ${plan.registry} is on ${sha}.`,
    hint: 'A moved tag breaks go.sum for ever, so it stays. Raise the base version.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'never',
  };
}

/** `go` cannot fetch a commit that no branch or tag of the host reaches. */
export function notPushed(coordinate: Coordinate, plan: InPlacePlan): Problem {
  return {
    code: 'go-commit-not-pushed',
    kind: 'incomplete',
    message: `Commit ${plan.sha} is on no branch or tag of ${plan.registry}, so go cannot resolve ${formatCoordinate(coordinate)}.`,
    hint: 'Push the branch first. Commits that only refs/pull/* reaches do not count: go does not fetch those.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'after-fix',
  };
}
