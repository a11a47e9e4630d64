import { memoryOf } from './run-memory.ts';

/** By origin and digest: the repository that has the blob, or undefined if none got it. */
const runs = new WeakMap<AbortSignal, Map<string, Promise<string | undefined>>>();

/** Where one blob of this run is to be stored. */
interface BlobLocation {
  /** Of the registry. */
  readonly origin: string;
  readonly repository: string;
  readonly digest: string;
}

/**
 * Calls `store` to store a blob in a repository. If another image of this run stores the same blob
 * at the same registry, waits for it and passes its repository, from which the blob can be mounted.
 * `store` returns undefined once the blob is there. Only a first caller is waited for, so nobody
 * waits in a circle.
 */
export async function storeOnce<P>(
  { digest, origin, repository }: BlobLocation,
  signal: AbortSignal,
  store: (from: string | undefined) => Promise<P | undefined>,
): Promise<P | undefined> {
  const sources = memoryOf(runs, signal);
  const key = `${origin} ${digest}`;
  const other = sources.get(key);
  if (other !== undefined) {
    const from = await other;
    return store(from === repository ? undefined : from);
  }
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  sources.set(key, promise);
  try {
    const failed = await store(undefined);
    resolve(failed === undefined ? repository : undefined);
    return failed;
  } finally {
    resolve(undefined);
  }
}
