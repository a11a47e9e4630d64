/**
 * A code span of GitHub Flavored Markdown, for a table: nothing in it is markup, nor a mention of people or
 * issues, no backtick ends it (https://spec.commonmark.org/0.31.2/#code-spans), and a bar in it ends no cell
 * (https://github.github.com/gfm/#example-200).
 */
export function codeSpan(text: string): string {
  if (text === '') return '';
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padded = /^`|`$/.test(plain) ? ` ${plain} ` : plain;
  return `${fence}${padded.replaceAll('|', String.raw`\|`)}${fence}`;
}
