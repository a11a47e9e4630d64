import { parseImageReference } from '@ameide/source-files/image';
import { textOf } from '../manifest/node.ts';
import type { ImagePlace } from './place.ts';
import { nameOf, type WrongImage } from './read-image.ts';

/**
 * Whether an image that cannot be read may be ours: false only if its name says that it is not, as that of
 * `postgres:${VERSION}` does.
 */
export function isOurPlace(
  { image }: ImagePlace,
  { text, wrong }: { readonly wrong: WrongImage; readonly text: string },
  isOurs: (name: string) => boolean,
): boolean {
  if (image.form === 'reference')
    return wrong === 'not-text' || mayBeOurs(nameIn(text) ?? '', isOurs);
  const isText = image.name.every(({ node }) => textOf(node) !== undefined);
  return !isText || mayBeOurs(nameOf(image), isOurs);
}

function mayBeOurs(name: string, isOurs: (name: string) => boolean): boolean {
  const reference = parseImageReference(name);
  return reference === undefined || isOurs(reference.name);
}

/** The name in a text: what is before the tag or the digest. Undefined if something else follows it. */
function nameIn(text: string): string | undefined {
  const [, name, rest = ''] =
    /^((?:[^\s$@{}()/:]+(?::\d+)?\/)?[^\s$@{}():]*)([:@].*)/s.exec(text.slice(0, MAX_LOOKED_AT)) ??
    [];
  return rest.replaceAll(VARIABLE, '').includes('/') ? undefined : name;
}

/** `${NAME:-a/b}`, `$(NAME)` */
const VARIABLE = /\$(?:\{[^}]*\}|\([^)]*\))/g;

/** Longer than any name. */
const MAX_LOOKED_AT = 1024;
