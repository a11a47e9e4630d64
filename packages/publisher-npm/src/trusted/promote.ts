import { createPace, settleAll } from '@ameide/publisher-kit';
import type { Pointer, PointerMove, Problem, Step } from '@ameide/versioning-core';
import { decideTag, findOvertaken, type Promotion, unconfirmed } from '../decide-tag.ts';
import { type Target, type Trust, UPLOAD_TAG } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { readPublishedTags, type Tags } from '../registry/read-tags.ts';
import { tagsNeedToken } from './problems.ts';

/**
 * Reports what the plan's dist-tags name, without moving any: the upload has done that. Reads again until the registry
 * shows the upload's dist-tag. Also looks for a newer version that another run published meanwhile: our upload has then
 * moved the dist-tag backwards, which nothing can prevent.
 */
export async function confirmPointers(
  target: Target,
  trust: Trust,
  plan: NpmPlan,
  step: Step,
): Promise<readonly PointerMove[]> {
  const pace = createPace(step.signal, { sleep: target.sleep });
  const promotion: Promotion = { target, plan, step, pace };
  noteUploadTag(trust, plan, step);
  return settleAll(plan.pointers.map(async (pointer) => confirm(promotion, trust, pointer)));
}

/** How often a dist-tag is read that the registry does not show yet. */
const READS = 5;

async function confirm(promotion: Promotion, trust: Trust, pointer: Pointer): Promise<PointerMove> {
  const { pace, plan, target } = promotion;
  const tag = pointer.pointer;
  const upload = trust.uploads.get(plan.version);
  const isUploaded = upload?.tag === tag;
  for (let read = 1; ; read++) {
    const tags = await readPublishedTags(target, plan, pace);
    if (tags.value === undefined) return blocked(pointer, tags.problems[0]);
    const current = tags.value.get(tag);
    const isStale = isUploaded && current === upload.from;
    if (!isStale) return settled(promotion, pointer, tags.value, isUploaded ? upload : undefined);
    if (read === READS || !(await pace.pause(read)))
      return blocked(pointer, unconfirmed(plan, tag, 'not-shown', undefined), current);
  }
}

async function settled(
  promotion: Promotion,
  pointer: Pointer,
  tags: Tags,
  upload: { readonly from?: string } | undefined,
): Promise<PointerMove> {
  const tag = pointer.pointer;
  const current = tags.get(tag);
  const decision = await decideTag(promotion, tag, current);
  if (decision.outcome === 'blocked') return blocked(pointer, decision.problem, current);
  if (decision.outcome === 'superseded')
    return { pointer, outcome: 'superseded', ...from(current) };
  if (decision.outcome === 'move')
    return blocked(pointer, tagsNeedToken(promotion.plan, [tag], true), current);
  if (upload === undefined) return { pointer, outcome: 'already', ...from(current) };
  const overtaken = await findOvertaken(promotion, tag);
  if (overtaken !== undefined) return blocked(pointer, overtaken, upload.from);
  return { pointer, outcome: 'moved', ...from(upload.from) };
}

/** Notes that the dist-tag `incoming` stays, where the upload could move no other. */
function noteUploadTag(trust: Trust, plan: NpmPlan, step: Step): void {
  if (trust.uploads.get(plan.version)?.tag !== UPLOAD_TAG) return;
  const message = `the dist-tag ${UPLOAD_TAG} of npm:${plan.name} names ${plan.version} until the next upload: trusted publishing cannot remove it`;
  step.emit({ publisher: plan.publisher, message, isNote: true });
}

function blocked(pointer: Pointer, problem: Problem, current?: string): PointerMove {
  return { pointer, outcome: 'blocked', ...from(current), problem };
}

function from(version: string | undefined): { readonly from?: string } {
  return version === undefined ? {} : { from: version };
}
