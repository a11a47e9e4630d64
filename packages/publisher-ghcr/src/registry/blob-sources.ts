import { createRunAnswers } from '@ameide/publisher-kit';

/** For each blob the repository that has it; undefined if storing it failed. */
const sources = createRunAnswers();

/** Where one blob of this run is to be stored. */
interface BlobLocation {
  /** The registry's. */
  readonly origin: string;
  readonly repository: string;
  readonly digest: string;
  /** True for a blob that may be mounted from another repository of the registry. */
  readonly isShared: boolean;
}

/**
 * Calls `store` to store a blob in a repository, unless this run has stored it there. If another image of
 * this run stores the same blob at the same registry, waits for it and passes its repository, from
 * which the blob can be mounted. `store` returns undefined once the blob is there. Callers only wait
 * for the first one, so none can wait for each other.
 */
export async function storeOnce<P>(
  { digest, isShared, origin, repository }: BlobLocation,
  signal: AbortSignal,
  store: (from: string | undefined) => Promise<P | undefined>,
): Promise<P | undefined> {
  const question = isShared ? [origin, digest] : [origin, digest, repository];
  let isFirst = false;
  let failed: P | undefined;
  const storeFirst = async (): Promise<string | undefined> => {
    isFirst = true;
    failed = await store(undefined);
    return failed === undefined ? repository : undefined;
  };
  const isStored = (stored: string | undefined): boolean => stored !== undefined;
  const from = await sources.get(signal, question.join(' '), storeFirst, isStored);
  if (isFirst) return failed;
  return from === repository ? undefined : store(from);
}
