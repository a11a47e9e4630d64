import { isObject, type JsonObject, mapTexts } from '@ameide/source-files/json';
import type { Release } from '@ameide/versioning-core';
import { followingRange } from './linked.ts';
import { DEPENDENCY_FIELDS, type RangeScope, sourceVersion } from './range-scope.ts';

/** What a release adds to a manifest. */
export interface PackageStamp {
  /**
   * Without build metadata, because the registry drops it and everything must agree with the
   * registry.
   */
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
 * Returns a source package.json for the build: with the release's version and `gitHead`, and with
 * the plain ranges that follow a sibling. Leaves everything else as its author wrote it, because a
 * build needs `workspace:`, the scripts and the development entry points.
 */
export function stampSource(json: JsonObject, stamp: PackageStamp, of: RangeScope): JsonObject {
  const scope = { ...of, version: sourceVersion(json) };
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
