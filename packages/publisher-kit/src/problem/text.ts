/**
 * Makes a server's message fit one line of a terminal: removes control, bidi and line-separator
 * characters and keeps at most 200 characters.
 */
export function cleanText(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return plain.length > 200 ? `${plain.slice(0, 197).toWellFormed()}...` : plain;
}
