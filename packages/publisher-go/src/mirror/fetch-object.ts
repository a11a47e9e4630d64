import type { FetchCall, GitRemote } from '@ameide/publisher-kit';

/**
 * Fetches what a ref of a mirror names into one of our stores, which have no history in common with it. Fetches it by
 * its id, for which git needs no list of refs. A host may give away only what a ref itself names, which is not the
 * commit of an annotated tag: then fetches it by its ref.
 */
export async function fetchObject(
  gitDirectory: string,
  { id, ref }: { readonly id: string; readonly ref: string },
  remote: Pick<GitRemote, 'fetch'>,
  call: Omit<FetchCall, 'isUnrelated'>,
): ReturnType<GitRemote['fetch']> {
  const fetch = (wanted: string): ReturnType<GitRemote['fetch']> =>
    remote.fetch(gitDirectory, [wanted], { ...call, isUnrelated: true });
  const answer = await fetch(id);
  const isRefused = 'failure' in answer && answer.failure.kind === 'other' && ref !== id;
  return isRefused ? fetch(ref) : answer;
}
