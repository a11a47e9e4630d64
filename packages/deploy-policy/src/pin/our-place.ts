import { textOf } from '../manifest/node.ts';
import type { ImagePlace } from '../places/place.ts';
import { parseImageReference } from '../reference/image-reference.ts';

/** Whether an image that cannot be read may be ours: false only if its name says that it is not. */
export function isOurPlace({ image }: ImagePlace, isOurs: (name: string) => boolean): boolean {
  if (image.form === 'reference') return true;
  const names = image.name.map(({ node }) => textOf(node));
  if (names.includes(undefined)) return true;
  const reference = parseImageReference(names.join('/'));
  return reference === undefined || isOurs(reference.name);
}
