import type { Member, Release, Signing } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';

/**
 * Makes the input of every publisher's `plan`, for the engine and for code that composes publishers
 * itself. `members` are the members of all publishers of the release; `repository` is the source
 * repository's https URL; without `signing` nothing can be signed.
 */
export function createRelease(
  commit: Commit,
  members: readonly Member[],
  repository?: string,
  signing?: Signing,
): Release {
  const { canonical, channel, versions } = commit;
  const { tagPrefix } = commit.lineage;
  const tags = tagPrefix === undefined ? {} : { tagPrefix };
  const known = { canonical, channel, versions, members: oncePerName(members), ...tags };
  return Object.freeze({
    ...known,
    ...(repository === undefined ? {} : { repository }),
    ...(signing === undefined ? {} : { signing }),
  });
}

/**
 * A package at several registries is one member. It counts as published with its local version only
 * if it is everywhere: a pin without one takes both (PEP 440, version matching).
 */
function oncePerName(members: readonly Member[]): readonly Member[] {
  const named = Map.groupBy(members, ({ ecosystem, name }) => `${ecosystem}:${name}`);
  return [...named.values()].flatMap(
    (same) => same.find(({ localVersion }) => localVersion !== true) ?? same.slice(0, 1),
  );
}
