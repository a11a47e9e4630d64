import type { RemoteRef } from '@ameide/publisher-kit';
import { parseVersionTag } from '@ameide/versioning-core';
import { compare, valid } from 'semver';

/** What a mirror's refs say. */
export interface MirrorRefs {
  /**
   * Commit of each tag that is a semantic version, also of those that this publisher would not
   * make: `v0.1.0`, `v0.1.0-beta`.
   */
  readonly versions: ReadonlyMap<string, string>;
  /** Commit of each `source-<sha>` tag, by its whole name. */
  readonly sources: ReadonlyMap<string, string>;
  /** Commit of each moving branch. */
  readonly branches: ReadonlyMap<string, string>;
}

const SOURCE_TAG = /^source-([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The patterns that `readRefs` needs answered. The host lists every ref in any case, so asking
 * for all of ours costs nothing.
 */
export function patternsFor(branches: readonly string[]): string[] {
  return [
    'refs/tags/v*',
    'refs/tags/source-*',
    ...branches.map((branch) => `refs/heads/${branch}`),
  ];
}

/** Sorts what the host listed, annotated tags peeled; other tags are left out. */
export function readRefs(refs: readonly RemoteRef[]): MirrorRefs {
  const [versions, sources, branches] = [
    new Map<string, string>(),
    new Map<string, string>(),
    new Map<string, string>(),
  ];
  for (const { ref, sha, peeled } of refs) {
    const commit = peeled ?? sha;
    const tag = ref.replace(/^refs\/tags\//, '');
    if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), commit);
    else if (SOURCE_TAG.test(tag)) sources.set(tag, commit);
    else if (tag.startsWith('v') && valid(tag) !== null) versions.set(tag, commit);
  }
  return { versions, sources, branches };
}

/** The commit that a tag of ours names. */
export function commitAt(tag: string, refs: MirrorRefs): string | undefined {
  return refs.versions.get(tag) ?? refs.sources.get(tag);
}

/** The source commit that a `source-<sha>` tag names. */
export function shaOfSourceTag(tag: string): string | undefined {
  return SOURCE_TAG.exec(tag)?.[1];
}

/** The semantic versions that a mirror commit carries as tags. */
export function versionsAt(commit: string, { versions }: MirrorRefs): string[] {
  return [...versions].filter(([, target]) => target === commit).map(([tag]) => tag);
}

/** The version tag that a mirror commit carries, the highest. */
export function versionAt(commit: string, refs: MirrorRefs): string | undefined {
  return highestFirst(versionsAt(commit, refs))[0];
}

/**
 * Version tags in Go's order (https://go.dev/ref/mod#versions, SemVer precedence), highest first;
 * other tags left out.
 */
export function highestFirst(tags: readonly string[]): string[] {
  return tags
    .filter((tag) => parseVersionTag(tag) !== undefined)
    .sort((a, b) => compare(b.slice(1), a.slice(1)));
}
