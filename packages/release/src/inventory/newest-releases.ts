import {
  type AncestorTag,
  type BaseVersion,
  compareBase,
  formatCoordinate,
  type ListedVersion,
} from '@ameide/versioning-core';
import { taggedVersions } from '../run/entries.ts';
import { isMarked } from '../run/marks.ts';
import { ownReleases } from '../run/own-releases.ts';
import { versionFacts } from '../run/version-facts.ts';
import type { ListedRun } from '../run/version-lists.ts';
import { artifactKey } from './service.ts';

/** The highest release of an artifact that people should use. */
export interface NewestRelease {
  /** As its registry spells it. */
  readonly version: string;
  readonly base: BaseVersion;
  /** Absent if neither a tag of the repository nor the registry's list says it. */
  readonly sha?: string;
}

/** What an inventory needs of the versions that the registries list. */
export interface ListedReleases {
  /** By artifact. One whose registry cannot list, or lists no release of this repository, is absent. */
  readonly newest: ReadonlyMap<string, NewestRelease>;
  /** The coordinates' texts of the versions that nobody should use any more, of any tool. */
  readonly withdrawn: ReadonlySet<string>;
  /** About higher releases that have no tag. */
  readonly notes: readonly string[];
}

export function listedReleases(
  lists: readonly ListedRun[],
  facts: { readonly tags: readonly AncestorTag[]; readonly tagPrefix: string | undefined },
): ListedReleases {
  const tagged = taggedVersions(facts);
  const isOwn = ownReleases(facts);
  const listed = lists.flatMap(({ list }) => list?.versions ?? []);
  const good = listed.filter((one) => !isMarked(one)).flatMap((one) => releaseOf(one, tagged));
  const newest = highest(good.filter(({ base }) => isOwn(base)));
  const others = highest(good.filter(({ base }) => !isOwn(base)));
  return {
    newest,
    withdrawn: new Set(
      listed.filter(isMarked).map(({ coordinate }) => formatCoordinate(coordinate)),
    ),
    notes: [...others].flatMap(([key, { base, version }]) => {
      const own = newest.get(key)?.base;
      return own !== undefined && compareBase(base, own) <= 0 ? [] : [withoutTag(key, version)];
    }),
  };
}

interface Release extends NewestRelease {
  /** Of its artifact. */
  readonly key: string;
}

function releaseOf(
  { coordinate, sha: listed }: ListedVersion,
  tagged: ReadonlyMap<string, string>,
): readonly Release[] {
  const { ecosystem, name, version } = coordinate;
  const base = versionFacts(coordinate).release;
  if (ecosystem === 'github' || base === undefined) return [];
  const sha = tagged.get(base) ?? listed;
  const key = artifactKey({ ecosystem, name });
  return [{ key, version, base, ...(sha === undefined ? {} : { sha }) }];
}

/** Of each artifact. */
function highest(releases: readonly Release[]): ReadonlyMap<string, NewestRelease> {
  const ascending = releases.toSorted((one, other) => compareBase(one.base, other.base));
  return new Map(ascending.map(({ key, ...release }) => [key, release]));
}

function withoutTag(key: string, version: string): string {
  return `${key} has ${version}, and this clone has no tag of it, so it is not counted as a release of this repository. If it is one, fetch the tags: git fetch --tags.`;
}
