/**
 * A server's words for one line of a terminal: no control, bidi or line-separator characters, at
 * most 200 characters.
 */
export function cleanText(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return plain.length > 200 ? `${plain.slice(0, 197).toWellFormed()}...` : plain;
}
