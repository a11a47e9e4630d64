import { formatImageReference, type ImageReference } from '@ameide/source-files/image';
import type { Environment } from '../policy/environment.ts';

/** What an image of ours is pinned to. */
export interface Pin {
  /** The full name, as in `ImageReference`: `ghcr.io/acme/sdk`. */
  readonly name: string;
  readonly tag: string;
  /** If known. It is written where the environment requires one or the manifest has one. */
  readonly digest?: string;
  /** The full SHA of the commit that the image is from, for the annotation. */
  readonly sha: string;
}

/** What an image must become. */
export type Wanted = Pick<ImageReference, 'tag' | 'digest'>;

/** Returns undefined if a digest is needed that the pin does not have. */
export function wantedOf(
  { digest: present }: ImageReference,
  pin: Pin,
  { digest, tags }: Environment,
): Wanted | undefined {
  const hasTag = tags.length > 0;
  const needsDigest = present !== undefined || digest === 'required' || !hasTag;
  if (needsDigest && pin.digest === undefined) return undefined;
  return {
    ...(hasTag ? { tag: pin.tag } : {}),
    ...(needsDigest && pin.digest !== undefined ? { digest: pin.digest } : {}),
  };
}

/** A text that ends with the tag and digest of `present`, with others. Its name stays as it is written. */
export function withSuffix(text: string, present: Wanted, wanted: Wanted): string {
  const name = text.slice(0, text.length - suffix(present).length);
  return `${name}${suffix(wanted)}`;
}

function suffix(wanted: Wanted): string {
  return formatImageReference({ ...wanted, name: '' });
}
