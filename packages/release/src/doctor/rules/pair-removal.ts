import type { Edit, Span } from '@ameide/source-files/text';

/** Removes a pair of a JSON object with its comma, and with its line if it has one of its own. */
export function pairRemoval(text: string, { end, start }: Span): Edit {
  const [comma = ''] = /^\s*,/.exec(text.slice(end)) ?? [];
  if (comma !== '') {
    const [space = ''] = /^\s*/.exec(text.slice(end + comma.length)) ?? [];
    return { start, end: end + comma.length + space.length, text: '' };
  }
  // The last pair takes the comma before it.
  const [before = ''] = /,?\s*$/.exec(text.slice(0, start)) ?? [];
  return { start: start - before.length, end, text: '' };
}
