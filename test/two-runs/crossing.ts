import { setTimeout } from 'node:timers/promises';
import type { RecordedRequest } from '@ameide/local-registries';

/** Two runs, by the order in which they write. */
export type Turn = 'first' | 'second';

/** A barrier before every write of a tag, a dist-tag or a git ref. */
export interface Crossing {
  /**
   * Holds a run's write until the other run comes to a write of the same kind, if it does so within
   * a second: so both have read and decided before one of them writes. Then the first one goes on,
   * and the second one somewhat later.
   */
  pass(turn: Turn, request: Pick<RecordedRequest, 'method' | 'path' | 'mutating'>): Promise<void>;
}

// Together they are short beside the time that a run watches what it has set.
const HELD_MS = 1000;
const JITTER_MS = 80;

type Gate = ReturnType<typeof Promise.withResolvers<void>>;

/** `random` returns numbers from 0 up to 1. */
export function createCrossing(random: () => number): Crossing {
  const gates = new Map<string, Gate>();
  const gate = (turn: Turn, place: string): Gate => {
    const known = gates.get(`${turn} ${place}`) ?? Promise.withResolvers<void>();
    gates.set(`${turn} ${place}`, known);
    return known;
  };
  const pushes = { first: 0, second: 0 };
  return {
    async pass(turn, request) {
      const isPush = request.mutating && request.path.endsWith('/git-receive-pack');
      const place = isPush ? `git push ${++pushes[turn]}` : placeOf(request);
      if (place === undefined) return;
      const other = turn === 'first' ? 'second' : 'first';
      gate(turn, place).resolve();
      await Promise.race([gate(other, place).promise, setTimeout(HELD_MS)]);
      const later = turn === 'first' ? 0 : JITTER_MS / 2;
      await setTimeout(later + random() * JITTER_MS);
    },
  };
}

/** Returns what a request writes, if that is a tag of an image or a dist-tag. */
export function placeOf({
  method,
  path,
}: Pick<RecordedRequest, 'method' | 'path'>): string | undefined {
  const [, tag] = /\/(?:manifests|dist-tags)\/([^/:]+)$/.exec(path) ?? [];
  if (method !== 'PUT' || tag === undefined) return undefined;
  if (!path.includes('/manifests/')) return 'dist-tag';
  return /^[0-9a-f]{40}$/.test(tag) ? 'tag of the commit' : 'tag';
}

/** Returns numbers from 0 up to 1, the same for a seed on every machine (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
