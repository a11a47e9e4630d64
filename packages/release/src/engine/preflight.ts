import { inParallel } from '@ameide/publisher-kit';
import { everyFinding } from './answers.ts';
import { findingProblem, withoutRepeats } from './findings.ts';
import { guard, together } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';
import { checkRequirements } from './requirements.ts';

/**
 * Checks every lane and reads what every registry holds, all at once: every problem of every
 * registry in one go. Writes nothing.
 */
export async function preflight(
  lanes: readonly Lane[],
  needed: readonly Lane[],
  context: RunContext,
): Promise<void> {
  await together([askAll(lanes, context), checkRequirements(lanes, needed, context)]);
}

async function askAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  await inParallel(lanes, async (lane) => {
    const { plan, publisher } = lane;
    context.emit({ phase: 'check', publisher: publisher.id, message: `asking ${plan.registry}` });
    const about = { lane, phase: 'check', effect: 'none' } as const;
    const [problems, found, pointed] = await together([
      guard({ ...about, name: 'check', run: async (step) => publisher.check(plan, step) }, context),
      guard(
        { ...about, name: 'inspect', run: async (step) => publisher.inspect({ plan }, step) },
        context,
      ),
      guard(
        {
          ...about,
          name: 'read its pointers',
          run: async (step) => (await publisher.pointers?.(plan, step)) ?? [],
        },
        context,
      ),
    ]);
    lane.found = found === undefined ? [] : everyFinding(plan.coordinates, found);
    lane.pointed = pointed ?? [];
    const unreadable = lane.pointed.flatMap(({ problem }) =>
      problem === undefined ? [] : [problem],
    );
    lane.problems = withoutRepeats([
      ...lane.problems,
      ...(problems ?? []),
      ...lane.found.flatMap(findingProblem),
      ...unreadable,
    ]);
  });
}
