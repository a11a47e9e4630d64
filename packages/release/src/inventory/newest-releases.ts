import type { AncestorTag, BaseVersion } from '@ameide/versioning-core';
import { compareBase } from '@ameide/versioning-core';
import { taggedVersions } from '../run/entries.ts';
import { versionFacts } from '../run/version-facts.ts';
import type { ListedRun } from '../run/version-lists.ts';
import { artifactKey, type Used } from './service.ts';

/** The highest release of an artifact that its registries have. */
export interface NewestRelease {
  /** As its registry spells it. */
  readonly version: string;
  readonly base: BaseVersion;
  /** Absent if neither a tag of the repository nor the registry's list says it. */
  readonly sha?: string;
}

/** By artifact. One whose registry cannot list, or lists no release, is absent. */
export function newestReleases(
  lists: readonly ListedRun[],
  facts: { readonly tags: readonly AncestorTag[]; readonly tagPrefix: string | undefined },
): ReadonlyMap<string, NewestRelease> {
  const tagged = taggedVersions(facts);
  const newest = new Map<string, NewestRelease>();
  for (const { coordinate, sha: listed } of lists.flatMap(({ list }) => list?.versions ?? [])) {
    if (coordinate.ecosystem === 'github') continue;
    const { release: base, tagged: name } = versionFacts(coordinate);
    const key = artifactKey(coordinate as Used);
    const before = newest.get(key);
    if (base === undefined || (before !== undefined && compareBase(before.base, base) >= 0))
      continue;
    const sha = (name === undefined ? undefined : tagged.get(name)) ?? listed;
    newest.set(key, { version: coordinate.version, base, ...(sha === undefined ? {} : { sha }) });
  }
  return newest;
}
