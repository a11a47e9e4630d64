import { formatImageReference, type ImageReference } from '@ameide/source-files/image';
import type { FoundImage } from '../check/run.ts';
import { isImmutableTag } from '../policy/tag-kind.ts';

/** An image that ran, or runs. */
export interface EarlierImage {
  readonly reference: ImageReference;
  /** The commit that the manifest said. */
  readonly sha?: string;
}

/**
 * The images of ours by their place, without those in texts, which are not pinned. Places that nothing
 * tells apart (two objects of one name in a file, items of a list without names) are one, with their
 * images in the order of the file.
 */
export function imagesByPlace(
  images: readonly FoundImage[],
): ReadonlyMap<string, readonly FoundImage[]> {
  return Map.groupBy(
    images.filter(({ inText }) => inText !== true),
    placeKey,
  );
}

/** What stays when a manifest changes: containers and documents may move, but keep their names. */
function placeKey({ container = '', field, owner, path, reference }: FoundImage): string {
  return JSON.stringify([path, owner, withoutIndexes(field), container, reference.name]);
}

/** `spec.containers[].image`: items may move in their list. */
export function withoutIndexes(field: string): string {
  return field.replaceAll(/\[\d+\]/g, '[]');
}

export interface ChangedImage {
  readonly now: FoundImage;
  readonly before: FoundImage;
}

/** Compares the images of one place. What was added or removed has not changed. */
export function changesAt(
  now: readonly FoundImage[],
  before: readonly FoundImage[],
): readonly ChangedImage[] {
  const [fewer, more] = now.length < before.length ? [now, before] : [before, now];
  if (hasAll(more, fewer)) return [];
  return now.flatMap((image, index) => {
    const earlier = before[index];
    return earlier === undefined || imageKey(earlier) === imageKey(image)
      ? []
      : [{ now: image, before: earlier }];
  });
}

function hasAll(images: readonly FoundImage[], wanted: readonly FoundImage[]): boolean {
  const left = Map.groupBy(images, imageKey);
  return wanted.every((image) => left.get(imageKey(image))?.pop() !== undefined);
}

/** A moving tag is another image as soon as its annotation says another commit. */
function imageKey({ reference, sha = '' }: EarlierImage): string {
  return `${formatImageReference(reference)} ${isImmutable(reference) ? '' : sha}`;
}

/** True for what is one image for ever: a digest, a version, a candidate, a commit. */
export function isImmutable({ digest, tag }: ImageReference): boolean {
  return digest !== undefined || isImmutableTag(tag);
}
