import { isScalar, type Node, type YAMLMap } from 'yaml';
import type { Edit } from './edit.ts';
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

/** The edit that adds pairs to a map in braces: `{a: b}`. */
export function flowInsertion(
  map: AnyMap,
  at: 'first' | 'last',
  entries: Entries,
  source: SourceText,
): Edit | undefined {
  const open = map.range?.[0];
  if (open === undefined) return undefined;
  const [first] = map.items;
  if (first === undefined) {
    const style = { quotes: source.isJson, colon: ': ' };
    return insert(open + 1, flowPairs(entries, style).join(', '));
  }
  const space = source.spaceAfter(open + 1);
  const style = styleOf(map, space, source);
  const pairs = flowPairs(entries, style);
  const hasLines = style.line !== undefined;
  const gap = hasLines ? space : betweenPairs(map, source);
  const merge = map.items.findLastIndex(({ key }) => isScalar(key) && key.value === '<<');
  const before = at === 'last' ? map.items.at(-1) : map.items[merge];
  if (before === undefined)
    return insert(open + 1 + space.length, pairs.map((pair) => `${pair},${gap}`).join(''));
  const end = before.value?.range?.[1] ?? before.key.range?.[1];
  return end === undefined
    ? undefined
    : insert(end, pairs.map((pair) => `,${gap}${pair}`).join(''));
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

function styleOf(map: AnyMap, space: string, source: SourceText): Style {
  const [pair] = map.items;
  const quotes = isScalar(pair?.key) && pair.key.type === 'QUOTE_DOUBLE';
  const isTight = quotes && source.spaceAfter((pair.key.range?.[1] ?? 0) + 1) === '';
  const style = { quotes, colon: isTight ? ':' : ': ' };
  if (!space.includes('\n')) return style;
  const indent = space.slice(space.lastIndexOf('\n') + 1);
  const outer = source.leadingSpace(map.range?.[0] ?? 0);
  const step = indent.startsWith(outer) ? indent.slice(outer.length) : '';
  return {
    ...style,
    line: `${source.eol}${indent}`,
    step: step === '' ? '  ' : step,
  };
}

/** After the comma between two pairs; a space if there is only one. */
function betweenPairs(map: AnyMap, source: SourceText): string {
  const [first, second] = map.items;
  const end = first?.value?.range?.[1];
  const start = second?.key.range?.[0];
  if (end === undefined || start === undefined) {
    const isTight = first !== undefined && styleOf(map, '', source).colon === ':';
    return isTight ? '' : ' ';
  }
  const [, gap = ' '] = /^\s*,([ \t]*)$/.exec(source.slice(end, start)) ?? [];
  return gap;
}

function insert(offset: number, text: string): Edit {
  return { start: offset, end: offset, text };
}
