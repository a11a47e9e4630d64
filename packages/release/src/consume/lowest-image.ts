import { tagKind } from '@ameide/deploy-policy/policy';
import type { ImageReference } from '@ameide/source-files/image';
import type { Relation } from '@ameide/versioning-core';
import type { Lowest } from './lowest.ts';

type Pinned = Pick<ImageReference, 'tag' | 'digest'>;

/** The lowest version that a tag names: of a line, its first. A digest decides where the tag says no version. */
export function lowestImage(image: Pinned, commit: Relation = 'unknown'): Lowest {
  const { tag = '' } = image;
  if (namesCommit(image)) return { commit };
  const kind = tagKind(tag);
  if (kind === 'line') return { version: `${tag}.0` };
  return kind === 'release' || kind === 'candidate' ? { version: tag } : 'any';
}

/** True if only the commit of an image says which one it is: with a commit as its tag, or a digest beside no version. */
export function namesCommit({ digest, tag }: Pinned): boolean {
  const kind = tag === undefined ? undefined : tagKind(tag);
  if (kind === 'commit') return true;
  return digest !== undefined && (tag === undefined || kind === 'dev' || kind === 'latest');
}

/** What says which image it is, for people. */
export function shownImage(image: Pinned): string {
  const { tag = '' } = image;
  return namesCommit(image) && tagKind(tag) !== 'commit' ? 'its digest' : tag;
}
