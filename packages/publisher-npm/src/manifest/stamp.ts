import type { Release } from '@ameide/versioning-core';
import { isObject, type JsonObject, mapTexts } from './json.ts';
import { followingRange } from './linked.ts';
import { DEPENDENCY_FIELDS, type RangeScope } from './range-scope.ts';

/** What a release adds to a manifest. */
export interface PackageStamp {
  /** Without build metadata, which the registry drops: everything has to agree on what it keeps. */
  readonly version: string;
  /** 40 hex digits, or 64. */
  readonly gitHead: string;
  /** `https://github.com/ameideio/ameide`, without `.git`. */
  readonly repository?: string;
  /** The npm packages of this release. */
  readonly members: readonly string[];
}

export function stampOf({ canonical, members, repository, versions }: Release): PackageStamp {
  return {
    version: versions.npm.version,
    gitHead: canonical.sha,
    members: members.flatMap(({ ecosystem, name }) => (ecosystem === 'npm' ? [name] : [])),
    ...(repository === undefined ? {} : { repository }),
  };
}

/**
 * A package.json of the source as a build sees it: with the release's version and `gitHead`, and
 * with the plain ranges that follow a sibling to it. All else is as its author wrote it, since
 * `workspace:`, the scripts and the development entry points are what a build works with.
 */
export function stampSource(json: JsonObject, stamp: PackageStamp, scope: RangeScope): JsonObject {
  const ranges = DEPENDENCY_FIELDS.flatMap((field) => {
    const written = json[field];
    if (!isObject(written)) return [];
    const follow = (name: string, range: string): string =>
      /^(?:workspace|catalog):/.test(range)
        ? range
        : followingRange({ field, name, written: range, resolved: range }, scope);
    return [[field, mapTexts(written, follow)] as const];
  });
  return {
    ...json,
    ...Object.fromEntries(ranges),
    version: stamp.version,
    gitHead: stamp.gitHead,
  };
}
