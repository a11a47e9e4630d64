import type { BaseVersion } from '../canonical/base.ts';
import type { Canonical } from '../canonical/canonical.ts';
import type { Channel } from '../canonical/channel.ts';
import { type CommitSha, parseSha } from '../canonical/sha.ts';
import { assembleParsed, attempt, type ParsedVersion } from './parsed.ts';
import { expandPointer, OCI_POINTERS, pointerPatterns } from './pointer-names.ts';
import type { OciTags } from './versions.ts';

/**
 * Derives image tags within the grammar of the OCI distribution specification (no `+`, at most 128
 * characters).
 */
export function deriveOci(canonical: Canonical, channel: Channel, target: BaseVersion): OciTags {
  const commitTag = canonical.sha;
  const movingTags = pointerPatterns(OCI_POINTERS, channel.kind).map((pattern) =>
    expandPointer(pattern, target),
  );
  if (channel.kind === 'release') return { commitTag, versionTag: target, movingTags };
  if (channel.kind === 'candidate')
    return { commitTag, versionTag: `${target}-rc.${channel.number}`, movingTags };
  return { commitTag, movingTags };
}

/** An immutable tag: a version tag, or the tag of a commit on any channel. */
export type ParsedOciTag = (ParsedVersion & { readonly sha?: never }) | { readonly sha: CommitSha };

/**
 * Reads an immutable tag that `deriveVersions` made. Returns undefined for any other, such as the
 * moving `X.Y`, `latest` and `dev`.
 */
export function parseOciTag(tag: string): ParsedOciTag | undefined {
  const sha = attempt(() => parseSha(tag));
  if (sha !== undefined) return { sha };
  const [, core, number] = /^(\d+\.\d+\.\d+)(?:-rc\.(0|[1-9]\d{0,8}))?$/.exec(tag) ?? [];
  return assembleParsed(core, number);
}
