import { inParallel } from '@ameide/publisher-kit';
import { everyMove } from './answers.ts';
import { guard } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/**
 * Moves every lane's pointers, never backwards. Called when everything of the release is published
 * and verified. A plan without pointers is promoted, too: npm's takes its holding tag off.
 */
export async function promoteAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  const pointing = lanes.filter((lane) => lane.publisher.promote !== undefined);
  await inParallel(pointing, async (lane) => {
    const { plan, publisher } = lane;
    const moved = await guard(
      {
        lane,
        phase: 'promote',
        name: 'move its pointers',
        effect: 'unknown',
        run: async (step) => {
          lane.sent = 'pointers';
          return (await publisher.promote?.(plan, step)) ?? [];
        },
      },
      context,
    );
    if (moved === undefined) return;
    lane.moved = everyMove(plan.pointers, moved);
    const names = lane.moved
      .filter(({ outcome }) => outcome === 'moved')
      .map(({ pointer }) => pointer.pointer);
    if (names.length > 0)
      context.emit({
        phase: 'promote',
        publisher: publisher.id,
        message: `moved ${names.join(', ')}`,
      });
    lane.problems.push(
      ...lane.moved.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    );
  });
}
