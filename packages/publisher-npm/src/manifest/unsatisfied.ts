import { isObject, type JsonObject } from '@ameide/source-files/json';
import semver from 'semver';
import { isAny, withoutAlias } from './linked.ts';
import { DEPENDENCY_FIELDS } from './range-scope.ts';
import type { PackageStamp } from './stamp.ts';

/**
 * Returns a note for each range of a published package.json on a package of the release that the
 * release's version is not in: it may be meant for a version that was published before.
 */
export function unsatisfiedNotes(
  manifest: JsonObject,
  { members, version }: PackageStamp,
  publisher: string,
): readonly string[] {
  const notes = DEPENDENCY_FIELDS.flatMap((field) => {
    const ranges = manifest[field];
    if (field === 'devDependencies' || !isObject(ranges)) return [];
    return Object.entries(ranges).flatMap(([name, published]) => {
      if (typeof published !== 'string') return [];
      const { target, range } = withoutAlias(name, published);
      const isSatisfied =
        semver.validRange(range) === null ||
        semver.satisfies(version, range, true) ||
        // Every client accepts a prerelease for a peer `*`, although the range does not contain it.
        (field === 'peerDependencies' && isAny(range));
      if (isSatisfied || !members.includes(target)) return [];
      return `${publisher} requires ${target} ${range}, which this release (${version}) does not satisfy: it stays as it is.`;
    });
  });
  return [...new Set(notes)];
}
