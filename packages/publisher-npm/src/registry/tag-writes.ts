import { setImmediate } from 'node:timers/promises';

/** A queue of the writes to one package's dist-tags, because registries keep all of them in one document. */
export interface TagWrites {
  /**
   * Calls `send` after the earlier writes have ended. Resolves when no write is left, so that one request
   * reads all of them back.
   */
  next<T>(send: () => Promise<T>): Promise<T>;
}

export function createTagWrites(): TagWrites {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async next(send) {
      const mine = last.then(send, send);
      last = mine;
      let seen: typeof last | undefined;
      while (seen !== last) {
        seen = last;
        await seen.catch(() => undefined);
        // A caller that waited for this write may add another now.
        await setImmediate();
      }
      return mine;
    },
  };
}
