import { createPace, type Pace } from '@ameide/publisher-kit';
import {
  failed,
  ok,
  type Pointer,
  type Problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { decideTag } from '../decide-tag.ts';
import { type Target, UPLOAD_TAG, type UploadTag } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { readTags, type Tags } from '../registry/read-tags.ts';
import { firstPublish, tagsNeedToken } from './problems.ts';

/**
 * Returns the dist-tag to upload with, because nothing can move one afterwards: the channel's, if our version is newer
 * than the one that it names; otherwise `incoming`, which then stays. Only reads. With a problem nothing may be
 * uploaded: the package is new, several dist-tags would move, or we do not know whether one may move.
 */
export async function chooseUploadTag(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<Result<UploadTag>> {
  const answer = await readTags(target, plan.name, step.signal);
  if (answer.value === undefined) return answer;
  if (answer.value.size === 0) return failed(firstPublish(plan));
  const moves = await movesOf(target, plan, step, answer.value);
  if (moves.value === undefined) return moves;
  const [first, ...more] = moves.value;
  if (first === undefined) return ok({ tag: UPLOAD_TAG });
  if (more.length > 0) return failed(tagsNeedToken(plan, moves.value, false));
  const from = answer.value.get(first);
  return ok({ tag: first, ...(from === undefined ? {} : { from }) });
}

/** Returns the problem of a published version that a dist-tag does not name yet, and should. */
export async function findUnmovedTags(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const answer = await readTags(target, plan.name, step.signal);
  if (answer.value === undefined) return answer.problems;
  const moves = await movesOf(target, plan, step, answer.value);
  if (moves.value === undefined) return moves.problems;
  return moves.value.length === 0 ? [] : [tagsNeedToken(plan, moves.value, true)];
}

/** Returns the dist-tags of the plan that should name our version and do not. */
async function movesOf(
  target: Target,
  plan: NpmPlan,
  step: Step,
  tags: Tags,
): Promise<Result<readonly string[]>> {
  const pace: Pace = createPace(step.signal, { sleep: target.sleep });
  const decisions = await Promise.all(
    plan.pointers.map(async ({ pointer }: Pointer) => ({
      pointer,
      decision: await decideTag({ target, plan, step, pace }, pointer, tags.get(pointer)),
    })),
  );
  const [first, ...more] = decisions.flatMap(({ decision }) =>
    decision.outcome === 'blocked' ? [decision.problem] : [],
  );
  if (first !== undefined) return failed(first, ...more);
  return ok(
    decisions.flatMap(({ decision, pointer }) => (decision.outcome === 'move' ? [pointer] : [])),
  );
}
