import { createPace, decideByHand, movePointer } from '@ameide/publisher-kit';
import type { PointerMove, RequestedMove, Step } from '@ameide/versioning-core';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { distTag } from './promote.ts';
import { needsToken } from './trusted/problems.ts';

/** Moves one dist-tag as a person asked. */
export async function moveDistTag(
  target: Target,
  plan: NpmPlan,
  move: RequestedMove,
  step: Step,
): Promise<PointerMove> {
  const { pointer } = move;
  if (target.trust() !== undefined)
    return { pointer, outcome: 'blocked', problem: needsToken(target, plan, 'move a dist-tag') };
  const wanted = { ...plan, version: pointer.version, pointers: [pointer] };
  const pace = createPace(step.signal, { sleep: target.sleep });
  const moving = distTag({ target, plan: wanted, step, pace }, pointer);
  const moved = await movePointer(
    {
      ...moving,
      // A person may want the older version.
      overtaken: undefined,
      decide: async (version) =>
        moving.isSet(version)
          ? { outcome: 'already', from: version }
          : decideByHand(move, version === undefined ? [] : [version]),
    },
    pace,
  );
  return { pointer, ...moved };
}
