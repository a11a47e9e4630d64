import { type BaseVersion, compareBase, parseBase } from '../canonical/base.ts';
import { type Channel, formatVersionTag, parseVersionTag } from '../canonical/channel.ts';
import { InvalidInputError } from '../errors.ts';
import type { Lineage, VersionOptions } from './versions.ts';

export interface TargetVersion {
  readonly target: BaseVersion;
  readonly note?: string;
}

/**
 * Returns the version that a build leads to. A release or candidate tag must name the commit's
 * base. If the base is already released, any other build leads to the next patch, or to `nextBase`,
 * because otherwise it would always sort below that release.
 */
export function decideTarget(
  base: BaseVersion,
  channel: Channel,
  lineage: Lineage,
  options: VersionOptions,
): TargetVersion {
  const afterRelease = options.afterRelease ?? 'next-patch';
  const tagged = channel.kind === 'release' || channel.kind === 'candidate';
  const { tagPrefix } = lineage;
  const released = highestRelease(
    tagged ? [...lineage.tags, ...(lineage.tagsAtCommit ?? [])] : tagsBefore(lineage),
    tagPrefix,
  );
  if (tagged) requireSameBase(base, channel, tagPrefix);
  if (released === undefined || afterRelease === 'keep') return { target: base };
  const order = compareBase(base, released);
  const tag = formatVersionTag({ kind: 'release', base: released }, tagPrefix);
  if (order < 0) throw baseBehindRelease(base, released, tag);
  if (tagged) {
    // If we do not know which commit has the tag, this could also be a second run on the released
    // commit.
    const elsewhere = lineage.tagsAtCommit !== undefined && !lineage.tagsAtCommit.includes(tag);
    if (order === 0 && elsewhere) throw baseAlreadyReleased(base, tag);
    return { target: base };
  }
  if (order > 0) return { target: base };
  if (afterRelease === 'error') throw baseAlreadyReleased(base, tag);
  const target = nextTarget(base, options.nextBase);
  return { target, note: `${base} is released (tag ${tag}), so this build leads to ${target}.` };
}

/**
 * Returns the tags without those on the commit itself, which are newer than its builds. So a dev
 * build of a commit leads to the same version before and after somebody tags it, and a repeated run
 * finds what it has published.
 */
function tagsBefore({ tags, tagsAtCommit = [] }: Lineage): readonly string[] {
  return tags.filter((tag) => !tagsAtCommit.includes(tag));
}

function highestRelease(
  tags: readonly string[],
  prefix: string | undefined,
): BaseVersion | undefined {
  return tags.reduce<BaseVersion | undefined>((best, tag) => {
    const version = parseVersionTag(tag, prefix);
    if (version?.kind !== 'release') return best;
    return best === undefined || compareBase(version.base, best) > 0 ? version.base : best;
  }, undefined);
}

function nextTarget(base: BaseVersion, nextBase: BaseVersion | undefined): BaseVersion {
  if (nextBase === undefined) return nextPatch(base);
  const target = parseBase(nextBase, 'nextBase');
  if (compareBase(target, base) > 0) return target;
  const expected = `a version above ${base}, which is released`;
  throw new InvalidInputError({ field: 'nextBase', received: target, expected });
}

function nextPatch(base: BaseVersion): BaseVersion {
  const [major, minor, patch] = base.split('.').map(Number);
  return parseBase(`${major}.${minor}.${(patch ?? 0) + 1}`);
}

function requireSameBase(
  base: BaseVersion,
  channel: Extract<Channel, { kind: 'release' | 'candidate' }>,
  prefix: string | undefined,
): void {
  if (base === channel.base) return;
  const [tag = '', right = ''] = [channel, { ...channel, base }].map((one) =>
    formatVersionTag(one, prefix),
  );
  throw new InvalidInputError(
    {
      field: 'channel',
      received: tag,
      expected: `the tag ${right}, as the commit holds the base version ${base}`,
      hint: `The tag ${tag} names ${channel.base}, but the commit has the base version ${base}. Delete the tag. To release ${channel.base}, commit that base version, and tag that commit ${tag}; to release ${base}, if it is not released yet, tag this commit ${right}.`,
    },
    'tag-differs-from-base',
  );
}

function baseAlreadyReleased(base: BaseVersion, tag: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'base',
      received: base,
      expected: `a base version above ${base}, which an ancestor of this commit (tag ${tag}) has released`,
      hint: `Set the base to the version you are working towards, for example ${nextPatch(base)}.`,
    },
    'base-already-released',
  );
}

function baseBehindRelease(
  base: BaseVersion,
  released: BaseVersion,
  tag: string,
): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'base',
      received: base,
      expected: `a base version of at least ${released}, which this commit or an ancestor of it (tag ${tag}) has released`,
      hint: `Set the base to the version you are working towards, for example ${nextPatch(released)}. If ${tag} is not a release of this project, set afterRelease to "keep".`,
    },
    'base-behind-release',
  );
}
