import { isScalar, parse, type Scalar } from 'yaml';

/** Where a scalar's text is, within its quotes. Undefined for block scalars, whose text has line breaks. */
export function insideOf(
  node: Scalar,
): { readonly start: number; readonly end: number } | undefined {
  const [start, end] = node.range ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (node.type === 'PLAIN') return { start, end };
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE'
    ? { start: start + 1, end: end - 1 }
    : undefined;
}

/** Returns what a scalar's place gets for a text, in its own quotes; a plain one gets quotes if it needs them. */
export function scalarText(node: Scalar, text: string): string {
  if (node.type === 'QUOTE_SINGLE') return text.replaceAll("'", "''");
  if (node.type === 'QUOTE_DOUBLE') return JSON.stringify(text).slice(1, -1);
  return isPlain(text) ? text : JSON.stringify(text);
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

export function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
