import { type BaseVersion, compareBase, type ListedVersion } from '@ameide/versioning-core';
import type { IsOwnRelease } from './own-releases.ts';
import { versionFacts } from './version-facts.ts';

/** Returns the highest release of this repository that is not above another one, as its registry spells it. */
export function currentRelease(
  versions: readonly ListedVersion[],
  release: BaseVersion,
  isOwn: IsOwnRelease,
): string | undefined {
  return versions
    .flatMap(({ coordinate }) => {
      const own = versionFacts(coordinate).release;
      return own === undefined || !isOwn(own) || compareBase(own, release) > 0
        ? []
        : [{ own, version: coordinate.version }];
    })
    .toSorted((a, b) => compareBase(a.own, b.own))
    .at(-1)?.version;
}
