import { tagKind } from '@ameide/deploy-policy/policy';
import { parseImageReference } from '@ameide/source-files/image';
import type { Decision, DecisionContext } from './decision.ts';
import { reasonNotToLower } from './lowest.ts';
import { lowestImage, shownImage } from './lowest-image.ts';
import { isCommit, type ReleasedTag } from './released.ts';

/**
 * What an image becomes: a commit's tag stays one, all others become the version, or the commit of a dev build. It
 * has a digest if it had one.
 */
export function imageRequirement(
  requirement: string,
  { artifact, commit, isNamed }: DecisionContext,
): Decision {
  const pinned = parseImageReference(`${artifact.name}${requirement}`);
  if (pinned === undefined) return { kept: 'a variable that has no value here decides it' };
  const { digest, tag } = pinned;
  if (tag !== undefined && tagKind(tag) === undefined)
    return { kept: `the release publishes no tag like ${tag}` };
  const lowest = lowestImage(pinned, commit);
  const kept = reasonNotToLower(shownImage(pinned), lowest, { release: artifact, isNamed });
  if (kept !== undefined) return { kept };
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
