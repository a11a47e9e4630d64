/**
 * Matches control characters except the line end, and characters that change the direction of text
 * (Unicode TR36, 2.10.2).
 */
const UNSAFE =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Makes untrusted text (a branch name, a registry's message) safe for a terminal, which then only
 * shows it.
 */
export function plain(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
