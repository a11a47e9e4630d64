import type { Member, Release } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';

/**
 * What every publisher's `plan` is given: for the engine, and for who composes publishers by hand.
 * `members` are those of all publishers of the release; `repository` is the source repository's
 * https URL.
 */
export function createRelease(
  commit: Commit,
  members: readonly Member[],
  repository?: string,
): Release {
  const { canonical, channel, versions } = commit;
  const known = { canonical, channel, versions, members };
  return Object.freeze(repository === undefined ? known : { ...known, repository });
}
