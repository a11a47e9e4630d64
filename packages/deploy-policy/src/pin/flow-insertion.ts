import type { Edit } from '@ameide/source-files/text';
import { isScalar, type Node, type YAMLMap } from 'yaml';
import { scalarText } from './scalar-edit.ts';
import type { SourceText } from './source-text.ts';
import type { Entries } from './wishes.ts';

type AnyMap = YAMLMap<Node, Node | null>;

interface Style {
  /** Whether keys and values have double quotes, as in JSON. */
  readonly quotes: boolean;
  /** Between a key and its value. */
  readonly colon: string;
  /** Before a pair if each has a line of its own: a line break and the indentation. */
  readonly line?: string;
  /** One step of that indentation. */
  readonly step?: string;
}

/** The edits that add pairs to a map in braces: `{a: b}`. */
export function flowInsertion(
  map: AnyMap,
  at: 'first' | 'last',
  entries: Entries,
  source: SourceText,
): readonly Edit[] {
  const open = map.range?.[0];
  if (open === undefined) return [];
  const [first] = map.items;
  if (first === undefined) {
    const style = { quotes: source.isJson, colon: ': ' };
    return insert(open + 1, flowPairs(entries, style).join(', '));
  }
  const style = styleOf(map, source);
  const pairs = flowPairs(entries, style);
  const merge = map.items.findLastIndex(({ key }) => isScalar(key) && key.value === '<<');
  const before = at === 'last' ? map.items.at(-1) : map.items[merge];
  const gap = style.line ?? betweenPairs(map, style, source);
  if (before !== undefined) {
    const end = before.value?.range?.[1] ?? before.key.range?.[1];
    return end === undefined ? [] : insertAfter(end, { pairs, gap, source });
  }
  if (style.line === undefined)
    return insert(
      open + 1 + source.spaceAfter(open + 1).length,
      pairs.map((pair) => `${pair},${gap}`).join(''),
    );
  // Comments behind the brace, and those above the first key, stay where they are.
  return insert(source.lineEnd(open), pairs.map((pair) => `${gap}${pair},`).join(''));
}

/** After a value: behind its comma and its comment, if the line ends with them. */
function insertAfter(
  end: number,
  {
    gap,
    pairs,
    source,
  }: { readonly pairs: readonly string[]; readonly gap: string; readonly source: SourceText },
): readonly Edit[] {
  const text = pairs.join(`,${gap}`);
  const lineEnd = source.lineEnd(end);
  const ending = /^[ \t]*(,?)[ \t]*(?:#.*)?$/.exec(source.slice(end, lineEnd));
  const comma = gap.includes('\n') ? ending?.[1] : undefined;
  if (comma === ',') return insert(lineEnd, `${gap}${text},`);
  if (comma === undefined) return insert(end, `,${gap}${text}`);
  return [...insert(end, ','), ...insert(lineEnd, `${gap}${text}`)];
}

/** A map in braces. */
export function flowMap(entries: Entries, style: Style): string {
  const { line, step = '' } = style;
  if (line === undefined)
    return `{${flowPairs(entries, style).join(style.colon === ':' ? ',' : ', ')}}`;
  const inner = `${line}${step}`;
  const pairs = flowPairs(entries, { ...style, line: inner });
  return `{${pairs.map((pair) => inner + pair).join(',')}${line}}`;
}

function flowPairs(entries: Entries, style: Style): readonly string[] {
  return [...entries].map(([key, value]) => {
    const text = typeof value === 'string' ? quoted(value, style) : flowMap(value, style);
    return `${style.quotes ? JSON.stringify(key) : key}${style.colon}${text}`;
  });
}

function quoted(text: string, { quotes }: Style): string {
  return quotes ? JSON.stringify(text) : scalarText(text);
}

function styleOf(map: AnyMap, source: SourceText): Style {
  const key = map.items[0]?.key;
  const start = key?.range?.[0] ?? 0;
  const open = map.range?.[0] ?? 0;
  const quotes = isScalar(key) && key.type === 'QUOTE_DOUBLE';
  const isTight = quotes && source.spaceAfter((key.range?.[1] ?? 0) + 1) === '';
  const style = { quotes, colon: isTight ? ':' : ': ' };
  const indent = source.leadingSpace(start);
  if (!source.slice(open, start).includes('\n') || indent.length !== source.column(start))
    return style;
  const outer = source.leadingSpace(open);
  const step = indent.startsWith(outer) ? indent.slice(outer.length) : '';
  return { ...style, line: `${source.eol}${indent}`, step: step === '' ? '  ' : step };
}

/** After the comma between two pairs of one line. */
function betweenPairs(map: AnyMap, { colon }: Style, source: SourceText): string {
  const [first, second] = map.items;
  const end = first?.value?.range?.[1];
  const start = second?.key.range?.[0];
  const between = end === undefined || start === undefined ? '' : source.slice(end, start);
  return /^\s*,([ \t]*)$/.exec(between)?.[1] ?? (colon === ':' ? '' : ' ');
}

function insert(offset: number, text: string): readonly Edit[] {
  return [{ start: offset, end: offset, text }];
}
