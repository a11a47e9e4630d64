import type { Problem } from '@ameide/versioning-core';

/** Returns the problem of a step that has written something before it failed: the problem must not say that nothing was sent. */
export function afterWriting(found: Problem): Problem {
  return found.effect === 'none' ? { ...found, effect: 'committed' } : found;
}
