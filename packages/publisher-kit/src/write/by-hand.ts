import { formatPointer, problem, type RequestedMove } from '@ameide/versioning-core';
import type { MoveDecision } from './pointer.ts';

/** The value of `--from` for a pointer that does not exist yet. */
export const NO_POINTER = 'nothing';

/**
 * Decides about a pointer that a person moves: it moves only while it names what the person saw.
 * `names` are all names of what it names now, the first of them for people; none if it does not
 * exist.
 */
export function decideByHand(
  { from, pointer }: RequestedMove,
  names: readonly string[],
): MoveDecision {
  const [name] = names;
  if (name === undefined && from === NO_POINTER) return { outcome: 'move' };
  if (names.includes(from)) return { outcome: 'move', from: name };
  const what = formatPointer(pointer);
  return {
    outcome: 'blocked',
    from: name,
    problem: problem({
      code: 'pointer-names-another',
      kind: 'conflict',
      message: `${what} names ${name ?? 'nothing'}, not ${from}, so it was not moved.`,
      hint:
        name === undefined
          ? `There is no such pointer yet. To make it, pass --from ${NO_POINTER}`
          : `It was moved meanwhile, or --from is mistyped. Look at what it names now; if it should still be moved, pass that: --from ${name}`,
      coordinate: what,
      rerun: 'after-fix',
    }),
  };
}
