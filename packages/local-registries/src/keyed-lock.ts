/** Runs one piece of work at a time for each key, in the order of the calls. */
export type KeyedLock = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Makes a lock inside this process, which is enough: a state folder has one server at a time. */
export function createKeyedLock(): KeyedLock {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
