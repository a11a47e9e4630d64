import { setImmediate } from 'node:timers/promises';

/** The writes of one package's dist-tags, which are all in one document of the registry. */
export interface TagWrites {
  /**
   * Writes after the writes before it have ended. Resolves when none is left to do, so that one
   * request reads all of them back.
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
        // Whoever waited for that write queues its own now.
        await setImmediate();
      }
      return mine;
    },
  };
}
