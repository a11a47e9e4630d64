import type { RecordedRequest } from '@ameide/local-registries';

/** Which of two runs: the barrier lets `first` go on before `second`. */
export type Who = 'first' | 'second';

/** A barrier before each write of a tag, a dist-tag or a branch. */
export interface Crossing {
  /** Waits before a request that writes a name: for the other run to come to the same place, then for its turn. */
  pass(who: Who, request: Pick<RecordedRequest, 'method' | 'path' | 'mutating'>): Promise<void>;
  /** Called when a run has ended: the other one waits for it no longer. */
  end(who: Who): void;
}

const PAUSE_MS = 60;

/** `random` gives numbers from 0 up to 1, the same ones again for the same seed. */
export function createCrossing(random: () => number): Crossing {
  const arrivals = new Map<string, Map<Who, () => void>>();
  const ended = { first: deferred(), second: deferred() };
  const pushes = { first: 0, second: 0 };
  const arrival = (place: string): Record<Who, ReturnType<typeof deferred>> => {
    const known = places.get(place) ?? { first: deferred(), second: deferred() };
    places.set(place, known);
    return known;
  };
  const places = new Map<string, Record<Who, ReturnType<typeof deferred>>>();
  void arrivals;
  return {
    async pass(who, request) {
      if (!request.mutating) return;
      const isPush = request.path.endsWith('/git-receive-pack');
      const place = isPush ? `git push ${++pushes[who]}` : placeOf(request);
      if (place === undefined) return;
      const other = who === 'first' ? 'second' : 'first';
      const here = arrival(place);
      here[who].resolve();
      await Promise.race([here[other].promise, ended[other].promise]);
      const turn = who === 'first' ? 0 : PAUSE_MS * random();
      await pause(turn + (PAUSE_MS * random()) / 2);
    },
    end: (who) => ended[who].resolve(),
  };
}

/** What a request writes, if that is a name of an npm package or of an image. */
function placeOf({ method, path }: Pick<RecordedRequest, 'method' | 'path'>): string | undefined {
  if (method !== 'PUT') return undefined;
  const [, tag] = /\/(?:manifests|dist-tags)\/([^/]+)$/.exec(path) ?? [];
  if (tag === undefined || tag === 'incoming' || tag.startsWith('sha256')) return undefined;
  const registry = path.includes('/manifests/') ? 'oci' : 'npm';
  if (/^[0-9a-f]{40}$/.test(tag)) return `${registry} commit`;
  return /^\d+\.\d+\.\d+/.test(tag) ? `${registry} version` : `${registry} pointer`;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** mulberry32: small, and the same for a seed everywhere. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
