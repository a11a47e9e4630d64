import { type ImageReference, parseImageReference } from '@ameide/source-files/image';
import type { Node } from 'yaml';
import { textOf, type Value } from '../manifest/node.ts';
import type { ImageParts, ImagePlace, Part } from '../places/place.ts';
import { nameOf } from '../places/read-image.ts';
import { type Wanted, withSuffix } from './wanted.ts';
import type { Entries, Wishes } from './wishes.ts';

/**
 * Wishes that the image at a place has a tag and digest. Returns the node that it shares with an image
 * that wants something else, if there is one.
 */
export function wishImage(
  { image, path }: ImagePlace,
  present: ImageReference,
  wanted: Wanted,
  wishes: Wishes,
): Node | undefined {
  if (image.form === 'parts') return wishParts(image, path, wanted, wishes);
  const text = withSuffix(textOf(image.value.node) ?? '', present, wanted);
  return wishes.wish(image.value, text, path) ? undefined : image.value.written;
}

/** Wishes that an image stays as it is. */
export function keepImage({ image, path }: ImagePlace, wishes: Wishes): Node | undefined {
  const values =
    image.form === 'reference'
      ? [image.value]
      : [...image.name, image.tag.value, image.digest.value];
  return values.flatMap((value) =>
    value === undefined ? [] : (keep(value, path, wishes) ?? []),
  )[0];
}

function keep(value: Value, field: string, wishes: Wishes): Node | undefined {
  const text = textOf(value.node);
  return text === undefined || wishes.wish(value, text, field) ? undefined : value.written;
}

/** Some write the tag into `repository`, or tag and digest into `tag`: there they stay. */
function wishParts(
  image: ImageParts,
  path: string,
  wanted: Wanted,
  wishes: Wishes,
): Node | undefined {
  const { digest = '', tag = '' } = wanted;
  const hasOwnDigest = partText(image.digest) !== '';
  const isDigestInTag = partText(image.tag).includes('@');
  const suffixed = suffixedName(image);
  const at = { image, path, wishes };
  if (suffixed !== undefined) {
    const { present, value } = suffixed;
    const inName = hasOwnDigest && wanted.tag !== undefined ? { tag } : wanted;
    const text = withSuffix(textOf(value.node) ?? '', present, inName);
    const shared = wishes.wish(value, text, path) ? undefined : value.written;
    return shared ?? (hasOwnDigest ? wishPart(image.digest, digest, at) : undefined);
  }
  return (
    wishPart(image.tag, isDigestInTag ? `${tag}@${digest}` : tag, at) ??
    (isDigestInTag ? undefined : wishPart(image.digest, digest, at))
  );
}

/** The value that has a tag or digest at the end of a name. */
function suffixedName(
  image: ImageParts,
): { readonly value: Value; readonly present: ImageReference } | undefined {
  const value = image.name.at(-1);
  const present = parseImageReference(nameOf(image));
  if (value === undefined || present === undefined) return undefined;
  return present.tag === undefined && present.digest === undefined ? undefined : { value, present };
}

function wishPart(
  part: Part,
  text: string,
  at: { readonly image: ImageParts; readonly path: string; readonly wishes: Wishes },
): Node | undefined {
  const { key, value } = part;
  const { image, path, wishes } = at;
  const field = path === '' ? key : `${path}.${key}`;
  if (text === partText(part)) return value === undefined ? undefined : keep(value, field, wishes);
  if (value !== undefined) return wishes.wish(value, text, field) ? undefined : value.written;
  const { below } = part;
  const entries: Map<string, string | Entries> =
    below === undefined ? new Map([[key, text]]) : new Map([[below, new Map([[key, text]])]]);
  const isAdded = wishes.add({ into: image.map.node, at: 'last', entries, field: path });
  return isAdded ? undefined : image.map.written;
}

function partText({ value }: Part): string {
  return textOf(value?.node) ?? '';
}
