import { isScalar, parse, type Scalar } from 'yaml';

export interface Inside {
  readonly start: number;
  readonly end: number;
}

/** Where a scalar's text is: within its quotes, or on the lines of a block. */
export function insideOf(node: Scalar, text: string): Inside | undefined {
  const [start, end] = node.range ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (node.type === 'PLAIN') return { start, end };
  if (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE')
    return { start: start + 1, end: end - 1 };
  // After the line of `>-` or `|-`.
  const from = text.indexOf('\n', start) + 1;
  const lines = text.slice(from, end);
  const first = from + lines.length - lines.trimStart().length;
  return { start: first, end: first + lines.trim().length };
}

/** Returns what a scalar's place gets for a text, in its own quotes; a plain one gets quotes if it needs them. */
export function scalarText(node: Scalar, text: string): string {
  if (node.type === 'QUOTE_SINGLE') return text.replaceAll("'", "''");
  if (node.type === 'QUOTE_DOUBLE') return JSON.stringify(text).slice(1, -1);
  if (isBlock(node)) return text;
  return isPlain(text) ? text : JSON.stringify(text);
}

function isBlock({ type }: Scalar): boolean {
  return type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL';
}

/** True if YAML 1.1 and 1.2 read the text as this string, in a list of values, too. */
function isPlain(text: string): boolean {
  try {
    return ['core', 'yaml-1.1'].every(
      (schema) => parse(`[${text}]`, { schema: schema as 'core' })?.[0] === text,
    );
  } catch {
    return false;
  }
}

/** The text of a scalar, without the line breaks around that of a block. */
export function textOf(node: unknown): string | undefined {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  return isBlock(node) ? node.value.trim() : node.value;
}
