import type { YamlScalar } from './yaml-value.ts';

/** A text embedded in a file, which may have other indentation, quotes or escapes there. */
export interface EmbeddedText {
  readonly text: string;
  /** Where a character of the text is in the file. */
  readonly offsetOf: (index: number) => number;
}

/**
 * The text of a scalar. A YAML scalar differs from what is written in white space and escapes alone, so
 * each other character is the next one of the same kind in the file.
 */
export function embeddedText(source: string, scalar: YamlScalar): EmbeddedText {
  let offsets: Int32Array | undefined;
  return {
    text: scalar.text,
    offsetOf: (index) => {
      offsets ??= align(source, scalar);
      return offsets[Math.min(Math.max(index, 0), scalar.text.length)] ?? scalar.start;
    },
  };
}

/** A text that is the whole file. */
export function wholeText(text: string): EmbeddedText {
  return { text, offsetOf: (index) => index };
}

function align(source: string, { end, start, style, text }: YamlScalar): Int32Array {
  const offsets = new Int32Array(text.length + 1);
  let at = firstCharacter(source, start, style);
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (isSpace(character)) {
      offsets[index] = Math.min(at, end);
      if (source[at] === character) at += 1;
      continue;
    }
    const found = source.indexOf(character, at);
    if (found !== -1 && found < end) at = found;
    offsets[index] = Math.min(at, end);
    at += 1;
  }
  offsets[text.length] = Math.min(at, end);
  return offsets;
}

function firstCharacter(source: string, start: number, style: YamlScalar['style']): number {
  if (style === 'plain') return start;
  if (style !== 'block') return start + 1;
  const header = source.indexOf('\n', start);
  return header === -1 ? start : header + 1;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
