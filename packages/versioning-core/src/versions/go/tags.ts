import { InvalidInputError, received } from '../../errors.ts';
import type { GoModuleLocation } from './module.ts';
import { type GoModulePath, matchesPathMajor, parseGoModulePath } from './path.ts';
import { isPseudoVersion } from './pseudo.ts';
import { compareGoSemver, formatGoSemver, type GoSemver, parseGoSemver } from './semver.ts';

export interface UsableTag {
  /** The tag's full name, with the prefix of the module's folder. */
  readonly tag: string;
  /** The tag without prefix and build metadata. */
  readonly version: string;
  readonly semver: GoSemver;
  /**
   * True if the tag has no build metadata. Only such a tag is a version; any other can only be the
   * base of the next pseudo-version.
   */
  readonly canonical: boolean;
}

// coderepo.go, `tagToVersion` and `tagAllowed`. Go checks for a pseudo-version with the prefix
// still on the tag, so the exception never applies to a module in a sub-directory.
export function usableTag(tag: string, prefix: string, major: string): UsableTag[] {
  if (!tag.startsWith(prefix) || isPseudoVersion(tag)) return [];
  const semver = parseGoSemver(tag.slice(prefix.length));
  if (semver === undefined) return [];
  const version = formatGoSemver(semver);
  return matchesPathMajor(version, major)
    ? [{ tag, version, semver, canonical: semver.build === '' }]
    : [];
}

/** Returns the tags that are versions, as `Versions` in coderepo.go does. */
export function versionTags(tags: readonly string[], prefix: string, major: string): UsableTag[] {
  return tags
    .flatMap((tag) => usableTag(tag, prefix, major))
    .filter(({ version, canonical }) => canonical && !isPseudoVersion(version));
}

export function highestTag(tags: readonly UsableTag[]): UsableTag | undefined {
  return tags.reduce<UsableTag | undefined>(
    (best, tag) =>
      best === undefined || compareGoSemver(tag.semver, best.semver) > 0 ? tag : best,
    undefined,
  );
}

/**
 * Returns what precedes the version in a module's tags. The module `x/v2` may be in `x/` or in a
 * major sub-directory `x/v2/`; its tags begin with `x/` either way.
 */
export function tagPrefix(
  directory: string | undefined,
  major: string,
  module: GoModulePath | undefined,
): string {
  const folder = parseDirectory(directory ?? '');
  if (folder === '') return '';
  const isMajorFolder = major.startsWith('/') && `/${folder}`.endsWith(major);
  const isNamedSo = module !== undefined && `/${module.prefix}`.endsWith(`/${folder}`);
  const codeDirectory = isMajorFolder && !isNamedSo ? folder.slice(0, -major.length) : folder;
  return codeDirectory === '' ? '' : `${codeDirectory}/`;
}

/**
 * Returns what precedes the version in a module's tags, `packages/sdk/`
 * (https://go.dev/ref/mod#vcs-version). Throws `InvalidInputError`.
 */
export function goTagPrefix({ modulePath, directory }: GoModuleLocation): string {
  const module = parseGoModulePath(modulePath, 'go.modulePath');
  return tagPrefix(directory, module.major, module);
}

export function parseDirectory(directory: string): string {
  if (directory === '' || directory === '.') return '';
  if (
    directory.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
    !/[\\\x00-\x20\x7f~^:?*[]/.test(directory)
  ) {
    return directory;
  }
  throw new InvalidInputError({
    field: 'go.directory',
    received: received(directory),
    expected: 'a path relative to the repository root, for example packages/ameide_sdk_go',
  });
}
