import { parseVersionTag } from '@ameide/versioning-core';
import type { GithubPlan } from './plan.ts';

/** A plan that publishes something. */
export type TaggedPlan = GithubPlan & { readonly tag: string };

/** The version in a release tag of this definition; undefined for any other tag. */
export function versionOfTag(
  tag: string,
  plan: Pick<TaggedPlan, 'tag' | 'version'>,
): { readonly version: string; readonly isStable: boolean } | undefined {
  const prefix = plan.tag.slice(0, plan.tag.length - plan.version.length);
  const parsed = parseVersionTag(tag, prefix);
  if (parsed === undefined) return undefined;
  return { version: tag.slice(prefix.length), isStable: parsed.kind === 'release' };
}
