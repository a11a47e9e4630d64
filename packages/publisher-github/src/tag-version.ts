import { parseVersionTag } from '@ameide/versioning-core';
import type { GithubPlan } from './plan.ts';

/** A plan that publishes something. */
export type TaggedPlan = GithubPlan & { readonly tag: string };

/** The version in a release tag of this definition; undefined for any other tag. */
export function versionOfTag(
  tag: string,
  { tagPrefix }: Pick<GithubPlan, 'tagPrefix'>,
): { readonly version: string; readonly isStable: boolean } | undefined {
  const parsed = parseVersionTag(tag, tagPrefix);
  if (parsed === undefined) return undefined;
  return { version: tag.slice(tagPrefix.length), isStable: parsed.kind === 'release' };
}
