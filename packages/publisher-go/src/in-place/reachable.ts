import type { RemoteFailure, RemoteRef } from '@ameide/publisher-kit';
import type { Step } from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import type { StoreOf } from './object-store.ts';

/** Tells whether a branch or a tag of the host reaches a commit. */
export type IsReachable = (
  sha: string,
  step: Step,
) => Promise<{ readonly reachable: boolean } | { readonly failure: RemoteFailure }>;

/**
 * Gets the refs from the host, then asks this clone which commits they reach. If branches have
 * moved since the clone was made, fetches the unknown commits into the private store, which transfers
 * only new objects.
 */
export function createIsReachable(storeOf: StoreOf, access: () => PushAccess): IsReachable {
  return async (sha, step) => {
    const { remote, processes } = access();
    const answer = await remote.lsRemote(['refs/heads/*', 'refs/tags/*'], { signal: step.signal });
    if ('failure' in answer) return answer;
    if (answer.refs.some((ref) => tipOf(ref) === sha)) return { reachable: true };
    const { gitDirectory } = await storeOf(step);
    const git = async (args: readonly string[], input: string): Promise<string | undefined> => {
      const argv = ['git', `--git-dir=${gitDirectory}`, ...args] as const;
      const { ok, stdoutText } = await processes.run({
        argv,
        cwd: gitDirectory,
        input: Buffer.from(input),
        signal: step.signal,
      });
      return ok ? stdoutText : undefined;
    };
    // Prints the commit unless one of the tips reaches it. Ignores tips that this clone lacks.
    const isReached = async (): Promise<boolean> => {
      const tips = answer.refs.map((ref) => `^${tipOf(ref)}\n`).join('');
      return (
        (await git(
          ['rev-list', '--ignore-missing', '--max-count=1', '--stdin'],
          `${sha}\n${tips}`,
        )) === ''
      );
    };
    if (await isReached()) return { reachable: true };
    const objects = await git(
      ['cat-file', '--batch-check=%(objecttype)'],
      answer.refs.map((ref) => `${tipOf(ref)}\n`).join(''),
    );
    const types = objects?.split('\n') ?? [];
    const unknownRefs = answer.refs
      .filter((_, n) => types[n]?.endsWith(' missing') === true)
      .map(({ ref }) => ref);
    if (unknownRefs.length === 0) return { reachable: false };
    const fetched = await remote.fetch(gitDirectory, unknownRefs, { signal: step.signal });
    return 'failure' in fetched ? fetched : { reachable: await isReached() };
  };
}

function tipOf({ sha, peeled }: RemoteRef): string {
  return peeled ?? sha;
}
