import { parseImageReference } from '../image/reference.ts';
import { placeAt } from '../text/place.ts';
import { expand, type Lookup, type Piece, textOf } from './expand.ts';
import { between, type Found, foundAt } from './found.ts';

/**
 * Makes a dependency of an image's name in pieces. Undefined if it is not an image. Its place is the one piece that holds
 * all of the tag and digest that can be changed.
 */
export function imageOf(
  { path, text }: { readonly path: string; readonly text: string },
  pieces: readonly Piece[],
  field: string,
): Found | undefined {
  const written = textOf(pieces);
  const reference = parseImageReference(written);
  if (reference === undefined || written === 'scratch') return undefined;
  const suffix = [
    reference.tag === undefined ? '' : `:${reference.tag}`,
    reference.digest === undefined ? '' : `@${reference.digest}`,
  ].join('');
  const cut = written.length - suffix.length;
  const common = { ecosystem: 'oci', name: reference.name, requirement: suffix, field } as const;
  const { after, before, piece, from, to } = changeable(pieces, cut);
  const place = placeAt(path, text, piece.start + from, piece.start + to);
  return { dependency: { ...common, place }, write: between(before, after) };
}

/** A tag or digest with a variable: no `/` follows it outside of one. */
const VARIABLE_SUFFIX = /[:@](?:[^/${}]|\$\w+|\$\{[^{}]*\})*$/;

/**
 * Makes a dependency of an image whose name is known, and whose tag is a variable without a value. Its requirement is what
 * is written, which no edit can change.
 */
export function imageWithVariable(
  { path, text }: { readonly path: string; readonly text: string },
  word: string,
  at: {
    readonly field: string;
    readonly lookup: Lookup;
    readonly start: number;
    readonly end: number;
  },
): Found | undefined {
  const { end, field, lookup, start } = at;
  const cut = VARIABLE_SUFFIX.exec(word)?.index;
  const before = cut === undefined ? undefined : expand(word.slice(0, cut), start, lookup);
  const reference = before && parseImageReference(textOf(before));
  if (reference === undefined || reference.tag !== undefined) return undefined;
  const common = { ecosystem: 'oci', name: reference.name, requirement: word.slice(cut) } as const;
  return foundAt(path, text, { ...common, field, start, end }, () => undefined);
}

interface Changeable {
  readonly piece: Piece;
  /** Offsets in the piece. */
  readonly from: number;
  readonly to: number;
  /** The parts of the suffix in the pieces before and after it. */
  readonly before: string;
  readonly after: string;
}

/** The last piece with a part of the suffix that is more than punctuation; for no suffix, the end of the name. */
function changeable(pieces: readonly Piece[], cut: number): Changeable {
  const placed: { readonly piece: Piece; readonly at: number }[] = [];
  let at = 0;
  for (const piece of pieces) {
    placed.push({ piece, at });
    at += piece.text.length;
  }
  const suffix = textOf(pieces).slice(cut);
  const inSuffix = placed.filter(({ at, piece }) => at + piece.text.length > cut);
  const chosen =
    inSuffix.find(({ at, piece }) => /[^:@]/.test(piece.text.slice(Math.max(cut - at, 0)))) ??
    placed.findLast(({ piece }) => piece.text !== '');
  const { at: start = 0, piece = { text: '', start: 0, end: 0, isLiteral: false } } = chosen ?? {};
  const from = Math.min(Math.max(cut - start, 0), piece.text.length);
  const to = piece.text.length;
  const before = suffix.slice(0, Math.max(start - cut, 0));
  return { piece, from, to, before, after: suffix.slice(before.length + to - from) };
}
