/**
 * Reads something together with the last read of tags that move: when each tag has ended, or is about to
 * be read for the last time. If one of them is written again, what was read before no longer counts.
 */
export interface LastLook<K, T> {
  /** Call it before each write of a tag. */
  readonly writes: (tag: K) => void;
  /** Call it before the last read of a tag. */
  readonly looks: (tag: K) => void;
  /** Call it when no further request about a tag follows. */
  readonly ends: (tag: K) => void;
  /** Returns what was read with the last look at all tags; reads it now if there was none. */
  readonly found: () => Promise<T>;
}

/** `read` is called after every write has been answered. */
export function createLastLook<K, T>(tags: Iterable<K>, read: () => Promise<T>): LastLook<K, T> {
  const busy = new Set(tags);
  let reading: Promise<T> | undefined;
  return {
    writes(tag) {
      busy.add(tag);
      reading = undefined;
    },
    looks(tag) {
      busy.delete(tag);
      if (busy.size > 0) return;
      reading = read();
      // If the run is aborted before it asks, nothing else handles this rejection.
      reading.catch(() => undefined);
    },
    ends: (tag) => void busy.delete(tag),
    found: async () => reading ?? read(),
  };
}
