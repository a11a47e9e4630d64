/** An expression of GitHub Actions in a text: `${{ github.sha }}`. */
export interface Expression {
  /** Between the braces. */
  readonly body: string;
  readonly start: number;
  readonly end: number;
}

/** Longer than any expression of a person. Without a limit, a file of `${{` alone would take minutes. */
const MAX_LENGTH = 4000;

export function expressionsIn(text: string): readonly Expression[] {
  const found: Expression[] = [];
  let close = text.indexOf('}}');
  for (let start = text.indexOf('${{'); start !== -1; ) {
    if (close < start) close = text.indexOf('}}', start);
    if (close === -1) break;
    const end = close - start > MAX_LENGTH ? undefined : endOf(text, start + 3);
    if (end !== undefined) found.push({ body: text.slice(start + 3, end - 2).trim(), start, end });
    start = text.indexOf('${{', end ?? start + 3);
  }
  return found;
}

/** Strings of an expression have single quotes, and may hold the braces. */
function endOf(text: string, from: number): number | undefined {
  let isQuoted = false;
  const limit = Math.min(text.length - 1, from + MAX_LENGTH);
  for (let at = from; at < limit; at += 1) {
    if (text[at] === "'") isQuoted = !isQuoted;
    else if (!isQuoted && text[at] === '}' && text[at + 1] === '}') return at + 2;
  }
  return undefined;
}

/**
 * What an expression refers to, as paths with dots in lower case: `github.event['head_commit'].message`
 * is `github.event.head_commit.message`. Text in quotes refers to nothing, nor do names of functions.
 */
export function referencesIn(body: string): readonly string[] {
  const plain = body.replaceAll(/\[\s*'([^']*)'\s*\]/g, '.$1').replaceAll(/'[^']*'/g, ' ');
  return [...plain.matchAll(/(?<![\w.-])[A-Za-z_][\w-]*(?:\s*\.\s*[\w*-]+|\[[^\]]*\])*/g)]
    .filter(({ 0: path, index }) => !/^\s*\(/.test(plain.slice(index + path.length)))
    .map(([path]) => path.replaceAll(/\s/g, '').toLowerCase());
}

/** Stands for a character of an expression in a script: it means nothing to a shell, so it is part of a word. */
export const EXPRESSION_CHARACTER = '\uE000';

/** The text with all expressions blanked out. Everything else keeps its place. */
export function withoutExpressions(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const { end, start } of expressionsIn(text)) {
    parts.push(text.slice(at, start));
    parts.push(text.slice(start, end).replaceAll(/[^\n]/g, EXPRESSION_CHARACTER));
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}
