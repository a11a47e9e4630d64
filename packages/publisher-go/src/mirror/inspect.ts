import { inParallel, type RemoteFailure } from '@ameide/publisher-kit';
import type { Coordinate, Finding, Problem, Step } from '@ameide/versioning-core';
import { noAnswer } from '../problems.ts';
import type { BranchQuestion } from './decide-branch.ts';
import type { Mirror, RefsAnswer } from './mirror.ts';
import { type MirrorBuilt, type MirrorPlan, tagsOf } from './plan.ts';
import { commitAt, type MirrorRefs } from './refs.ts';
import { resolvedBy } from './resolved.ts';
import { readTagStates, type TagQuestion, type TagState, tagTaken } from './tag-state.ts';
import { checkLoaded } from './transfer.ts';

/**
 * Reports what the mirror has of a plan: its `source-<sha>` tag and, for a release, its version
 * tag.
 */
export async function inspectPlan(
  plan: MirrorPlan,
  built: MirrorBuilt | undefined,
  mirror: Mirror,
  step: Step,
): Promise<readonly Finding[]> {
  const answer = await mirror.refs(step);
  const findings = await inspectRefs(plan, answer, { built, mirror, step });
  if (built?.isLoaded !== true || 'failure' in answer || isWhole(plan, answer.refs))
    return findings;
  const problem = await checkLoaded(built.commit, answer.refs, { mirror, plan, step });
  return problem === undefined ? findings : findings.map((one) => unfit(one, problem));
}

/** True if nothing of a plan is left to push. */
function isWhole(plan: MirrorPlan, refs: MirrorRefs): boolean {
  return tagsOf(plan).every((tag) => commitAt(tag, refs) !== undefined);
}

/** Stops a release whose loaded commit does not fit the mirror, before anything is written. */
function unfit(finding: Finding, problem: Problem): Finding {
  const { coordinate, state } = finding;
  const isStopped = state === 'conflict' || state === 'unknown';
  return isStopped ? finding : { coordinate, state: 'unknown', problem };
}

/** As `inspectPlan`, with refs that were read already. */
export async function inspectRefs(
  plan: MirrorPlan,
  answer: RefsAnswer,
  { built, mirror, step }: TagQuestion,
): Promise<readonly Finding[]> {
  const unanswered = (failure: RemoteFailure): Finding[] =>
    plan.coordinates.map((coordinate) => noAnswer(coordinate, plan.registry, failure));
  if ('failure' in answer) return unanswered(answer.failure);
  const tags = await readTagStates(plan, answer.refs, { mirror, step, built });
  if ('failure' in tags) return unanswered(tags.failure);
  const question = { plan, refs: answer.refs, mirror, step };
  return inParallel(plan.coordinates, async (coordinate) => findingOf(coordinate, tags, question));
}

/**
 * Combines the two tags of a release: `identical` or `absent` if both are, `same-source` if one is
 * missing.
 */
async function findingOf(
  coordinate: Coordinate,
  tags: readonly TagState[],
  { plan, ...question }: BranchQuestion,
): Promise<Finding> {
  const conflict = tags.find(({ state }) => state === 'conflict');
  const main = conflict ?? tags.find(({ tag }) => tag === coordinate.version);
  const found = main?.found;
  const half = main?.state === 'identical' && tags.some(({ state }) => state !== 'identical');
  const isResolved = found !== undefined && conflict === undefined && plan.versionTag === null;
  const resolved = isResolved
    ? await resolvedBy(found, { modulePath: coordinate.name, ...question })
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
    ...(conflict === undefined ? {} : { problem: tagTaken(coordinate, conflict, plan) }),
  };
}
