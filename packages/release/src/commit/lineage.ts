import { firstAncestorTag } from '@ameide/publisher-kit/git';
import {
  type BaseVersion,
  compareBase,
  type Lineage,
  parseBase,
  parseVersionTag,
  type SourceTree,
  TAG_PREFIX,
} from '@ameide/versioning-core';
import { type GoModule, precedingGoTags } from '@ameide/versioning-core/go';

/** What decides which tags a commit's versions depend on, besides its own tags. */
export interface LineageQuestion {
  readonly base: BaseVersion;
  readonly tagPrefix: string | undefined;
  /** The Go module to derive a version for; undefined if no tag matters to it. */
  readonly go: GoModule | undefined;
}

/**
 * Reads the tags that a commit's versions depend on: its own, and on its ancestors the releases from
 * the base on and the tag that its Go pseudo-version follows. Does not ask git about other tags: without
 * a commit-graph it would have to walk the whole history.
 */
export async function readLineage(
  source: SourceTree,
  { base, go, tagPrefix }: LineageQuestion,
): Promise<Lineage> {
  const all = await source.tags();
  const names = all.map(({ tag }) => tag);
  const forms = new Set([tagPrefix ?? TAG_PREFIX, TAG_PREFIX, '']);
  const fromBase = names.filter((tag) => [...forms].some((form) => isReleaseFrom(base, tag, form)));
  const preceding = go === undefined ? [] : precedingGoTags(names, { base }, go);
  // This one is nearly always on an ancestor, so it is asked about together with the others.
  const [highest] = preceding;
  const asked = new Set([...fromBase, ...(highest === undefined ? [] : [highest])]);
  const tags = (await source.ancestorTags([...asked])).map(({ tag }) => tag);
  const before =
    highest === undefined || tags.includes(highest)
      ? undefined
      : await firstAncestorTag(source, preceding.slice(1));
  return {
    tags: before === undefined ? tags : [...tags, before],
    tagsAtCommit: all.filter(({ sha }) => sha === source.sha).map(({ tag }) => tag),
    ...(tagPrefix === undefined ? {} : { tagPrefix }),
  };
}

function isReleaseFrom(base: BaseVersion, tag: string, prefix: string): boolean {
  const version = parseVersionTag(tag, prefix);
  return version !== undefined && compareBase(version.base, base) >= 0;
}

/**
 * Returns the base by the tags before a commit: the highest version that one of them releases or
 * prepares (a candidate); without any 0.0.0. Tags on the commit itself do not count, so its dev build
 * keeps its version.
 */
export async function baseFromTags(
  source: SourceTree,
  tagPrefix: string | undefined,
): Promise<BaseVersion> {
  const versions = (await source.tags()).flatMap(({ tag, sha }) => {
    const base = sha === source.sha ? undefined : parseVersionTag(tag, tagPrefix)?.base;
    return base === undefined ? [] : [{ tag, base }];
  });
  const highestFirst = versions.toSorted((a, b) => compareBase(b.base, a.base));
  const first = await firstAncestorTag(
    source,
    highestFirst.map(({ tag }) => tag),
  );
  return versions.find(({ tag }) => tag === first)?.base ?? parseBase('0.0.0');
}
