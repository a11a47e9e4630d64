import { tagKind } from '@ameide/deploy-policy/policy';
import { compareBase, parseBase } from '@ameide/versioning-core';
import type { Decision, DecisionContext } from './decision.ts';
import { isCommit, type ReleasedTag } from './released.ts';

/**
 * What an image becomes: a commit's tag stays one, all others become the version, or the commit of a dev build. It
 * has a digest if it had one.
 */
export function imageRequirement(
  requirement: string,
  { artifact, isNamed }: DecisionContext,
): Decision {
  const [, tag, digest] = /^(?::([^@]+))?(@.+)?$/.exec(requirement) ?? [];
  if (tag !== undefined && tagKind(tag) === undefined)
    return { kept: `the release publishes no tag like ${tag}` };
  if (!isNamed && tag !== undefined && isNewer(tag, artifact.version))
    return { kept: `${tag} is newer; to go back, use --version or --sha` };
  const { tags = [] } = artifact;
  const wanted = tagOf(tags, tag);
  if (wanted === undefined) return { kept: 'the release publishes no tag that never moves' };
  if (digest === undefined) return { to: `:${wanted.tag}` };
  if (wanted.digest === undefined) return { kept: 'the registry did not say its digest' };
  return { to: `${tag === undefined ? '' : `:${wanted.tag}`}@${wanted.digest}` };
}

function tagOf(tags: readonly ReleasedTag[], old: string | undefined): ReleasedTag | undefined {
  const isAlike = ({ tag }: ReleasedTag): boolean => isCommit(tag) === isCommit(old ?? '');
  return tags.find(isAlike) ?? tags[0];
}

function isNewer(tag: string, version: string): boolean {
  if (tagKind(tag) !== 'release' || tagKind(version) !== 'release') return false;
  return compareBase(parseBase(tag), parseBase(version)) > 0;
}
