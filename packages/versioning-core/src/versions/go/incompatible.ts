import type { GoModuleLocation } from './module.ts';
import { parseGoModulePath } from './path.ts';
import { isPseudoVersion } from './pseudo.ts';
import { compareGoSemver, formatGoSemver, parseGoSemver } from './semver.ts';
import { highestTag, tagPrefix, versionTags } from './tags.ts';

/** The tags of one major version from 2 on, of a module whose path does not have it. */
export interface IncompatibleTags {
  /** The highest first. Go adds `+incompatible`. */
  readonly tags: readonly [string, ...string[]];
}

/**
 * Returns the tags that are versions with `+incompatible` if the highest one of their major version has no go.mod, and
 * `highestGoTag` has none, either: old tags of a repository that had no modules yet. Follows `Versions` and
 * `appendIncompatibleVersions` in cmd/go/internal/modfetch/coderepo.go. Throws `InvalidInputError`.
 */
export function incompatibleTags(
  tags: readonly string[],
  { modulePath, directory }: GoModuleLocation,
): readonly IncompatibleTags[] {
  const module = parseGoModulePath(modulePath, 'go.modulePath');
  if (module.major !== '' || tagPrefix(directory, module.major, module) !== '') return [];
  const parsed = tags.flatMap((tag) => {
    const semver = parseGoSemver(tag);
    const isVersion = semver !== undefined && formatGoSemver(semver) === tag;
    return isVersion && semver.major > '1' && !isPseudoVersion(tag) ? [{ tag, semver }] : [];
  });
  return [...Map.groupBy(parsed, ({ semver }) => semver.major).values()].flatMap((found) => {
    const sorted = found.toSorted((a, b) => compareGoSemver(b.semver, a.semver));
    const [highest, ...others] = sorted.map(({ tag }) => tag);
    return highest === undefined ? [] : [{ tags: [highest, ...others] as const }];
  });
}

/**
 * Returns the tag of the module's highest version, also of a prerelease and of a retracted one; undefined if it has
 * no version. Throws `InvalidInputError`.
 */
export function highestGoTag(
  tags: readonly string[],
  { modulePath, directory }: GoModuleLocation,
): string | undefined {
  const module = parseGoModulePath(modulePath, 'go.modulePath');
  const prefix = tagPrefix(directory, module.major, module);
  return highestTag(versionTags(tags, prefix, module.major))?.tag;
}
