import { formatCoordinate } from '@ameide/versioning-core';
import { guard, inParallel } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';
import { allWell } from './lane.ts';

/**
 * Publishes every built lane: first the dark ones (nobody sees an npm or OCI version before a pointer moves), and only when all of
 * them went well the immediate ones (PyPI, Go), which consumers see at once.
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
    const { built } = lane;
    if (built === undefined) return;
    context.emit({ phase: 'publish', publisher: lane.publisher.id, message: `publishing to ${lane.plan.registry}` });
    const step = await context.step(lane, 'publish');
    lane.published = (await guard(lane, 'publish', 'unknown', context.signal, () => lane.publisher.publish(lane.plan, built, step))) ?? [];
    lane.problems.push(...lane.published.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
    const told = new Set(lane.published.map(({ coordinate }) => formatCoordinate(coordinate)));
    context.emit({ phase: 'publish', publisher: lane.publisher.id, message: `${told.size} of ${lane.plan.coordinates.length} answered` });
  });
}
