import type { RemoteRef } from '@ameide/publisher-kit';
import { formatVersionTag, parseVersionTag } from '@ameide/versioning-core';
import { compare, valid } from 'semver';
import { ATTESTATION_REFS } from '../provenance/attestation-ref.ts';

/** A mirror's refs, sorted by purpose. */
export interface MirrorRefs {
  /**
   * The commit of each tag that is a semantic version, also of tags that we would not make:
   * `v0.1.0`, `v0.1.0-beta`.
   */
  readonly versions: ReadonlyMap<string, string>;
  /** The commit of each `source-<sha>` tag, by the tag's full name. */
  readonly sources: ReadonlyMap<string, string>;
  /** The commit of each moving branch. */
  readonly branches: ReadonlyMap<string, string>;
  /** What each attestation ref names, by the ref's full name. */
  readonly attestations: ReadonlyMap<string, string>;
  /** The objects that these refs name themselves, so of an annotated tag the tag object. */
  readonly tips: ReadonlySet<string>;
}

const SOURCE_TAG = /^source-([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Returns the ref patterns that `readRefs` needs. The host lists every ref anyway, so asking for
 * all of ours costs nothing.
 */
export function patternsFor(branches: readonly string[]): string[] {
  return [
    'refs/tags/v*',
    'refs/tags/source-*',
    ATTESTATION_REFS,
    ...branches.map((branch) => `refs/heads/${branch}`),
  ];
}

/** Sorts the refs that the host listed, with annotated tags peeled. Leaves out other tags. */
export function readRefs(refs: readonly RemoteRef[]): MirrorRefs {
  const [versions, sources, branches, attestations] = [
    new Map<string, string>(),
    new Map<string, string>(),
    new Map<string, string>(),
    new Map<string, string>(),
  ];
  for (const { ref, sha, peeled } of refs) {
    const commit = peeled ?? sha;
    const tag = ref.replace(/^refs\/tags\//, '');
    if (ref.startsWith(ATTESTATION_REFS.replace('*', ''))) attestations.set(ref, sha);
    else if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), commit);
    else if (SOURCE_TAG.test(tag)) sources.set(tag, commit);
    else if (tag.startsWith('v') && valid(tag) !== null) versions.set(tag, commit);
  }
  return { versions, sources, branches, attestations, tips: new Set(refs.map(({ sha }) => sha)) };
}

/** Returns the commit that one of our tags names. */
export function commitAt(tag: string, refs: MirrorRefs): string | undefined {
  return refs.versions.get(tag) ?? refs.sources.get(tag);
}

/** Returns the source commit that a `source-<sha>` tag names. */
export function shaOfSourceTag(tag: string): string | undefined {
  return SOURCE_TAG.exec(tag)?.[1];
}

/** Returns the semantic versions among a mirror commit's tags. */
export function versionsAt(commit: string, { versions }: MirrorRefs): string[] {
  return [...versions].filter(([, target]) => target === commit).map(([tag]) => tag);
}

/** Returns every tag of ours on a mirror commit. */
export function tagsAt(commit: string, { versions, sources }: MirrorRefs): string[] {
  return [...versions, ...sources].filter(([, target]) => target === commit).map(([tag]) => tag);
}

/** Returns the highest version tag of a mirror commit. */
export function versionAt(commit: string, refs: MirrorRefs): string | undefined {
  return highestFirst(versionsAt(commit, refs))[0];
}

/**
 * Returns the mirror's own name of each release tag of the source repository, where another prefix
 * may come before the version. Leaves out other tags.
 */
export function versionTags(tags: readonly string[], prefix: string | undefined): string[] {
  return tags.flatMap((tag) => {
    const channel = parseVersionTag(tag, prefix);
    return channel === undefined ? [] : [formatVersionTag(channel)];
  });
}

/**
 * Sorts version tags in Go's order (https://go.dev/ref/mod#versions, SemVer precedence), highest
 * first. Leaves out other tags.
 */
export function highestFirst(tags: readonly string[]): string[] {
  return tags
    .filter((tag) => parseVersionTag(tag) !== undefined)
    .sort((a, b) => compare(b.slice(1), a.slice(1)));
}
