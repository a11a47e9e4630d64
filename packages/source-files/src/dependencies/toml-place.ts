import type { AST } from 'toml-eslint-parser';

/** Where a TOML string's text is, within its quotes, and how it writes text; undefined for another value. */
export interface TomlText {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Returns undefined for what the quotes cannot hold. */
  readonly write: (text: string) => string | undefined;
}

export function tomlText(node: AST.TOMLContentNode, text: string): TomlText | undefined {
  if (node.type !== 'TOMLValue' || node.kind !== 'string') return undefined;
  const [start, end] = node.range;
  const quotes = node.multiline ? 3 : 1;
  const isLiteral = text[start] === "'";
  return {
    value: node.value,
    start: start + quotes,
    end: end - quotes,
    write: (written) => {
      if (isLiteral) return /['\p{Cc}]/u.test(written) ? undefined : written;
      return JSON.stringify(written).slice(1, -1);
    },
  };
}
