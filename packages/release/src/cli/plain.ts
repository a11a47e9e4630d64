/**
 * Control characters but the line end, and the characters that turn the direction of text (Unicode
 * TR36, 2.10.2).
 */
const UNSAFE =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from outside (a branch's name, a registry's words), so that a terminal shows it and obeys
 * nothing in it.
 */
export function plain(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
