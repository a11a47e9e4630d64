import type { RemoteFailure } from '@ameide/publisher-kit';
import type { Coordinate, Finding, Step } from '@ameide/versioning-core';
import { silent } from '../silent.ts';
import type { Looking } from './judge-branch.ts';
import type { Mirror } from './mirror.ts';
import type { MirrorPlan } from './plan.ts';
import { resolvedBy } from './resolved.ts';
import { type Standing, standings, taken } from './standing.ts';

/** What the mirror holds of a plan: its `source-<sha>` tag and, for a release, its version tag. */
export async function inspectPlan(
  plan: MirrorPlan,
  built: string | undefined,
  mirror: Mirror,
  step: Step,
): Promise<Finding[]> {
  const quiet = (failure: RemoteFailure): Finding[] =>
    plan.coordinates.map((coordinate) => silent(coordinate, plan.registry, failure));
  const answer = await mirror.refs(step);
  if ('failure' in answer) return quiet(answer.failure);
  const tags = await standings(plan, answer.refs, { mirror, step, built });
  if ('failure' in tags) return quiet(tags.failure);
  const looking = { plan, refs: answer.refs, mirror, step };
  return Promise.all(plan.coordinates.map((coordinate) => findingOf(coordinate, tags, looking)));
}

/**
 * A release has two tags: `identical` or `absent` when both are, and `same-source` when one of them
 * is missing.
 */
async function findingOf(
  coordinate: Coordinate,
  tags: readonly Standing[],
  { plan, ...looking }: Looking,
): Promise<Finding> {
  const conflict = tags.find(({ state }) => state === 'conflict');
  const main = conflict ?? tags.find(({ tag }) => tag === coordinate.version);
  const found = main?.found;
  const half = main?.state === 'identical' && tags.some(({ state }) => state !== 'identical');
  const isResolved = found !== undefined && conflict === undefined && plan.versionTag === null;
  const resolved = isResolved
    ? await resolvedBy(found, { modulePath: coordinate.name, ...looking })
    : undefined;
  const files = tags.map(({ tag, state, found: at }) => ({
    name: tag,
    state,
    ...(at === undefined ? {} : { digest: at.commit }),
  }));
  return {
    coordinate,
    state: half ? 'same-source' : (main?.state ?? 'absent'),
    ...(found === undefined ? {} : { digest: found.commit }),
    ...(found?.sha === undefined ? {} : { sha: found.sha }),
    ...(resolved === undefined ? {} : { resolved }),
    ...(files.length > 1 ? { files } : {}),
    ...(conflict === undefined ? {} : { problem: taken(coordinate, conflict, plan) }),
  };
}
