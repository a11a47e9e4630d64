import type { Span } from '@ameide/source-files/text';

/**
 * The string literals of Python code, without those in comments. What is between triple quotes may look like code.
 * https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
 */
export function stringsIn(text: string): readonly Span[] {
  const strings: Span[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = /["'#]/g;
    rest.lastIndex = at;
    const start = rest.exec(text)?.index;
    if (start === undefined) break;
    const isComment = text[start] === '#';
    at = isComment ? lineEnd(text, start) : stringEnd(text, start);
    if (!isComment) strings.push({ start, end: at });
  }
  return strings;
}

function stringEnd(text: string, start: number): number {
  const one = text.charAt(start);
  const isLong = text.startsWith(one.repeat(3), start);
  const quote = isLong ? one.repeat(3) : one;
  for (let at = start + quote.length; at < text.length; at += 1) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (text[at] === '\\') at += 1;
    else if (!isLong && text[at] === '\n') return at;
  }
  return text.length;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}
