import { createRunAnswers } from '@ameide/publisher-kit';

/** By origin and digest: the repository that has the blob, or undefined if none got it. */
const sources = createRunAnswers();

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
  let isFirst = false;
  let failed: P | undefined;
  const from = await sources.keep(
    signal,
    `${origin} ${digest}`,
    async () => {
      isFirst = true;
      failed = await store(undefined);
      return failed === undefined ? repository : undefined;
    },
    (stored) => stored !== undefined,
  );
  if (isFirst) return failed;
  return store(from === repository ? undefined : from);
}
