import type { Edit } from '@ameide/source-files/text';
import type { Scalar } from 'yaml';
import { needsQuotes } from '../manifest/node.ts';

/**
 * The edit that makes a scalar hold another text. Only what differs at its end is replaced, in the
 * scalar's own style. Where its text does not stand literally in the source (escapes, folded lines),
 * or where it would be no text any more, the whole scalar is written in double quotes.
 */
export function scalarEdit(node: Scalar<string>, text: string, source: string): Edit {
  const [start = 0, end = 0] = node.range ?? [];
  if (node.type === 'PLAIN') return plainEdit(node.value, text, { start, end, source });
  const written = source.slice(start, end);
  const at = literalAt(node.value, written);
  if (at === undefined) return { start, end, text: JSON.stringify(text) };
  const kept = commonPrefix(node.value, text);
  return {
    start: start + at + kept,
    end: start + at + node.value.length,
    text: text.slice(kept),
  };
}

function plainEdit(
  value: string,
  text: string,
  { end, source, start }: { readonly start: number; readonly end: number; readonly source: string },
): Edit {
  if (value === '') {
    const isApart = /\s/.test(source.charAt(start - 1));
    return { start, end, text: `${isApart ? '' : ' '}${scalarText(text)}` };
  }
  if (needsQuotes(text)) return { start, end, text: scalarText(text) };
  const kept = commonPrefix(value, text);
  return { start: start + kept, end, text: text.slice(kept) };
}

/** Writes a tag, a digest or a SHA as a scalar: without quotes if it stays text without them. */
export function scalarText(text: string): string {
  return needsQuotes(text) ? JSON.stringify(text) : text;
}

/** Where a scalar's source has its text; undefined if not, or not once. */
function literalAt(value: string, written: string): number | undefined {
  if (value === '') return written.length === 2 ? 1 : undefined;
  const at = written.indexOf(value);
  return at === -1 || written.includes(value, at + 1) ? undefined : at;
}

function commonPrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
