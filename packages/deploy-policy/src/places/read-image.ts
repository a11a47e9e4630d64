import { type ImageReference, parseImageReference } from '@ameide/source-files/image';
import { isScalar, type Node } from 'yaml';
import { textOf, type Value } from '../manifest/node.ts';
import type { ImageParts, ImagePlace, Part } from './place.ts';

/** What an image is, or why it is none. */
export type ReadImage =
  | { readonly reference: ImageReference; readonly text: string; readonly at: Node }
  | { readonly wrong: WrongImage; readonly text: string; readonly at: Node };

/**
 * `not-text`: Kubernetes reads a number, a map, nothing. `template`: a Go template that nobody has rendered.
 * `variable`: `$(NAME)` or `${NAME}`, which no container runtime replaces. `not-a-reference`: any other text.
 */
export type WrongImage = 'not-text' | 'template' | 'variable' | 'not-a-reference';

/** Reads the image at a place. `source` is the text of the file. */
export function readImage({ image }: ImagePlace, source: string): ReadImage {
  if (image.form === 'reference') return readWhole(image.value, source);
  const parts = [...image.name, ...present(image.tag), ...present(image.digest)];
  const at = (image.tag.value ?? image.name.at(-1) ?? image.map).written;
  const wrong = parts.find((value) => textOf(value.node) === undefined);
  if (wrong !== undefined)
    return {
      wrong: kindOf(written(wrong, source)) ?? 'not-text',
      text: written(wrong, source),
      at: wrong.written,
    };
  return read(`${nameOf(image)}${prefixed(':', image.tag)}${prefixed('@', image.digest)}`, at);
}

/** The name that the parts of an image make up. What Kubernetes does not read as text is left out. */
export function nameOf({ name, scheme = '' }: Pick<ImageParts, 'name' | 'scheme'>): string {
  const text = name.map(({ node }) => textOf(node) ?? '').join('/');
  return text.startsWith(scheme) ? text.slice(scheme.length) : text;
}

/** An empty value is as good as none: charts have `tag: ""`. */
function present({ value }: Part): readonly Value[] {
  return value === undefined || isEmptyText(value) ? [] : [value];
}

function isEmptyText({ node }: Value): boolean {
  return isScalar(node) && node.value === '';
}

function prefixed(separator: string, part: Part): string {
  const [value] = present(part);
  return value === undefined ? '' : `${separator}${textOf(value.node) ?? ''}`;
}

function readWhole(value: Value, source: string): ReadImage {
  const text = textOf(value.node);
  if (text === undefined) {
    const shown = written(value, source);
    return { wrong: kindOf(shown) ?? 'not-text', text: shown, at: value.written };
  }
  return read(text, value.written);
}

function read(text: string, at: Node): ReadImage {
  const reference = parseImageReference(text) ?? readWithAnyDigest(text);
  if (reference !== undefined) return { reference, text, at };
  return { wrong: kindOf(text) ?? 'not-a-reference', text, at };
}

/** What the expression of distribution/reference takes for a digest, also if its reader of digests refuses it. */
const ANY_DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const MAX_TEXT = 1024;

/** Reads an image of which only the digest is wrong: a rule of its own says so. */
export function readWithAnyDigest(text: string): ImageReference | undefined {
  const [image = '', digest = '', more] = text.slice(0, MAX_TEXT).split('@', 3);
  if (more !== undefined || !ANY_DIGEST.test(digest)) return undefined;
  const reference = parseImageReference(image);
  return reference === undefined ? undefined : { ...reference, digest };
}

function kindOf(text: string): 'template' | 'variable' | undefined {
  if (text.includes('{{')) return 'template';
  return /\$[({]|(?:^|[/:@])\$\w/.test(text) ? 'variable' : undefined;
}

function written({ node }: Value, source: string): string {
  const [start = 0, end = 0] = node.range ?? [];
  return source.slice(start, end).trim();
}
