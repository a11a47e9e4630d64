import { guard, inParallel } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/** Moves every lane's pointers, forwards only. Called when everything of the release is published and verified. */
export async function promoteAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  const pointing = lanes.filter((lane) => lane.publisher.promote !== undefined && lane.plan.pointers.length > 0);
  await inParallel(pointing, async (lane) => {
    context.emit({ phase: 'promote', publisher: lane.publisher.id, message: lane.plan.pointers.map(({ pointer }) => pointer).join(', ') });
    const step = await context.step(lane, 'promote');
    lane.moved =
      (await guard(lane, 'promote', 'unknown', context.signal, async () => (await lane.publisher.promote?.(lane.plan, step)) ?? [])) ?? [];
    lane.problems.push(...lane.moved.flatMap(({ problem }) => (problem === undefined ? [] : [problem])));
  });
}
