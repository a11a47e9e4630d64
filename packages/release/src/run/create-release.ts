import type { Member, Release } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';

/**
 * Makes the input of every publisher's `plan`, for the engine and for code that composes publishers
 * itself. `members` are the members of all publishers of the release; `repository` is the source
 * repository's https URL.
 */
export function createRelease(
  commit: Commit,
  members: readonly Member[],
  repository?: string,
): Release {
  const { canonical, channel, versions } = commit;
  const { tagPrefix } = commit.lineage;
  const tags = tagPrefix === undefined ? {} : { tagPrefix };
  const known = { canonical, channel, versions, members, ...tags };
  return Object.freeze(repository === undefined ? known : { ...known, repository });
}
