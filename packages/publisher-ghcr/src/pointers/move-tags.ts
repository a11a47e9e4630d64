import { type PointerRead, settleAll } from '@ameide/publisher-kit';
import type { PointerMove, Problem } from '@ameide/versioning-core';
import type { Manifest } from '../registry/client.ts';
import type { LastLook } from './last-look.ts';
import { type Move, movingTag, sendMove } from './move-pointer.ts';
import { findTaken } from './taken.ts';

/** What a moving tag names; undefined if it does not exist. */
type Named = PointerRead<Manifest>;

/**
 * Moves tags forwards, all at once. Decides about each only when all have been read once, and moves none
 * if they show that another commit was published as our version. Tells `lastLook` what it does.
 */
export async function moveTags(
  moves: readonly Move[],
  lastLook: Omit<LastLook<Move, unknown>, 'found'>,
): Promise<readonly PointerMove[]> {
  const first = moves.map((move) => ({ move, ...Promise.withResolvers<Named>() }));
  // If the run is aborted before it decides, nothing else handles this rejection.
  for (const { promise } of first) promise.catch(() => undefined);
  let taken: Promise<Problem | undefined> | undefined;
  const isTaken = async (): Promise<Problem | undefined> =>
    (taken ??= Promise.all(first.map(async ({ promise }) => promise)).then(async (read) =>
      findTaken(
        moves.map((move, index) => ({ move, read: read[index] ?? { current: undefined } })),
      ),
    ));
  return settleAll(
    first.map(async ({ move, reject, resolve }) => {
      const moving = movingTag(move);
      const read = async (): Promise<Named> => {
        const reading = moving.read();
        reading.then(resolve, reject);
        return reading;
      };
      return sendMove(move, {
        ...moving,
        read,
        beforeLastLook() {
          lastLook.looks(move);
        },
        async send(over) {
          lastLook.writes(move);
          return moving.send(over);
        },
        async decide(current) {
          const problem = await isTaken();
          return problem === undefined ? moving.decide(current) : { outcome: 'blocked', problem };
        },
      }).finally(() => {
        lastLook.ends(move);
      });
    }),
  );
}
