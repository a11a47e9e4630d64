import {
  type BaseVersion,
  compareBase,
  type Lineage,
  parseBase,
  parseVersionTag,
  TAG_PREFIX,
} from '@ameide/versioning-core';

/**
 * Matches numbers and dots and what may follow them: `v1.0`, `0.1.1`, `v0.1.0-rc1`. Not a lone
 * `v1`, which is the moving tag of a GitHub action.
 */
const LIKE_A_VERSION = /^[vV]?\d+(?:\.\d+)+(?:[-+.]?[0-9A-Za-z][0-9A-Za-z.+-]*)?$/;

/** Returns a note if a tag on the commit looks like a misspelt version tag. */
export function misspelt(tags: readonly string[], prefix: string = TAG_PREFIX): string | undefined {
  const tag = tags.find((name) => isLikeAVersion(name, prefix));
  return tag === undefined
    ? undefined
    : `The tag ${tag} on this commit is not a version tag: version tags are ${prefix}X.Y.Z and ${prefix}X.Y.Z-rc.N.`;
}

function isLikeAVersion(tag: string, prefix: string): boolean {
  if (parseVersionTag(tag, prefix) !== undefined) return false;
  // In a repository with several definitions a tag without their prefix is another one's.
  const isPlain = prefix === TAG_PREFIX || prefix === '';
  if (isPlain) return LIKE_A_VERSION.test(tag);
  return tag.startsWith(prefix) && LIKE_A_VERSION.test(tag.slice(prefix.length));
}

/**
 * Returns a note if an ancestor has a tag of the other plain form (`1.2.3` where version tags are
 * `v1.2.3`) that the base does not surpass: if that was a release, every dev build sorts below it.
 */
export function otherForm(
  base: BaseVersion | string,
  { tagPrefix = TAG_PREFIX, tags, tagsAtCommit = [] }: Lineage,
): string | undefined {
  if (tagPrefix !== TAG_PREFIX && tagPrefix !== '') return undefined;
  const other = tagPrefix === '' ? TAG_PREFIX : '';
  const ours = parseBase(base);
  const found = tags.find((tag) => {
    const version = tagsAtCommit.includes(tag) ? undefined : parseVersionTag(tag, other);
    return version?.kind === 'release' && compareBase(version.base, ours) >= 0;
  });
  return found === undefined
    ? undefined
    : `The tag ${found} on an ancestor is not a version tag: version tags are ${tagPrefix}X.Y.Z. If it was a release, raise the base above it, or set tagPrefix to '${other}'.`;
}
