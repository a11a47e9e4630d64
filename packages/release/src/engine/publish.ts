import { inParallel } from '@ameide/publisher-kit';
import type { Published } from '@ameide/versioning-core';
import { everyOutcome, isThere } from './answers.ts';
import { guard } from './guard.ts';
import { allWell, type Lane, type RunContext } from './lane.ts';

/**
 * Publishes every built lane: first the dark ones (nobody sees an npm or OCI version before a
 * pointer moves), and only when all of them went well the immediate ones (PyPI, Go), which
 * consumers see at once.
 */
export async function publishAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  const built = lanes.filter((lane) => lane.built !== undefined);
  await publishSome(
    built.filter((lane) => lane.publisher.visibility === 'dark'),
    context,
  );
  if (!allWell(lanes)) return;
  await publishSome(
    built.filter((lane) => lane.publisher.visibility === 'immediate'),
    context,
  );
}

async function publishSome(lanes: readonly Lane[], context: RunContext): Promise<void> {
  await inParallel(lanes, async (lane) => {
    const { built, plan, publisher } = lane;
    if (built === undefined) return;
    context.emit({
      phase: 'publish',
      publisher: publisher.id,
      message: `publishing to ${plan.registry}`,
    });
    const answers = await guard(
      {
        lane,
        phase: 'publish',
        name: 'publish',
        effect: 'unknown',
        run: async (step) => {
          // Until it answers nobody knows, and a run that is stopped here must say so.
          lane.sent = 'versions';
          lane.published = plan.coordinates.map(
            (coordinate): Published => ({ coordinate, outcome: 'unknown' }),
          );
          return publisher.publish(plan, built, step);
        },
      },
      context,
    );
    if (answers === undefined) return;
    lane.published = everyOutcome(plan.coordinates, answers);
    lane.problems.push(
      ...lane.published.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    );
    const there = lane.published.filter(isThere).length;
    context.emit({
      phase: 'publish',
      publisher: publisher.id,
      message: `${there} of ${plan.coordinates.length} on the registry`,
    });
  });
}
