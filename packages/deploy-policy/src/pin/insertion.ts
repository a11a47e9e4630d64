import type { Edit } from '@ameide/source-files/text';
import {
  isCollection,
  isPair,
  isScalar,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { isMapNode } from '../manifest/node.ts';
import { flowInsertion, flowMap } from './flow-insertion.ts';
import { scalarText } from './scalar-edit.ts';
import type { SourceText } from './source-text.ts';
import type { Addition, Entries } from './wishes.ts';

type AnyMap = YAMLMap<Node, Node | null>;
type AnyPair = Pair<Node, Node | null>;

/** The edits that add pairs to a map, in its own style. None where there is no simple place for them. */
export function insertion(addition: Addition, source: SourceText): readonly Edit[] {
  const { at, entries, into, pair, parent } = addition;
  if (isMapNode(into) && into.flow === true) return flowInsertion(into, at, entries, source);
  const edit = isMapNode(into)
    ? blockInsertion(into, at, entries, source)
    : fillNothing(into, { pair, parent, entries }, source);
  return edit === undefined ? [] : [edit];
}

function blockInsertion(
  into: AnyMap,
  at: 'first' | 'last',
  entries: Entries,
  source: SourceText,
): Edit | undefined {
  const merge = into.items.findLastIndex(({ key }) => isScalar(key) && key.value === '<<');
  if (at === 'last') return insertAfter(into, into.items.at(-1), entries, source);
  // Some readers take the last value of a key, also when a merge brings it.
  return merge === -1
    ? insertFirst(into, entries, source)
    : insertAfter(into, into.items[merge], entries, source);
}

/** Gives `annotations:` or `annotations: null` a value. */
function fillNothing(
  nothing: Node,
  {
    entries,
    pair,
    parent,
  }: {
    readonly entries: Entries;
    readonly pair: AnyPair | undefined;
    readonly parent: AnyMap | undefined;
  },
  source: SourceText,
): Edit | undefined {
  if (pair === undefined || parent === undefined) return undefined;
  const [start = 0, end = 0] = nothing.range ?? [];
  const isEmpty = start === end;
  if (parent.flow === true || !isEmpty) {
    const quotes = isScalar(pair.key) && pair.key.type === 'QUOTE_DOUBLE';
    return {
      start,
      end,
      text: `${isEmpty ? ' ' : ''}${flowMap(entries, { quotes, colon: ': ' })}`,
    };
  }
  const own = indentOf(parent, source);
  if (own === undefined || (nothing as { readonly tag?: string }).tag !== undefined)
    return undefined;
  const lines = blockLines(entries, own + source.stepOf(parent), source.stepOf(parent));
  const offset = source.lineEnd(pair.key.range?.[1] ?? start);
  return { start: offset, end: offset, text: lines.map((line) => `${source.eol}${line}`).join('') };
}

/** Before the first pair and the comments above it; after them if it shares its line, as in `- name: …`. */
function insertFirst(map: AnyMap, entries: Entries, source: SourceText): Edit | undefined {
  const start = map.items[0]?.key.range?.[0];
  if (start === undefined) return undefined;
  const { indent, isAlone } = source.indentation(start);
  const step = source.stepOf(map);
  const lines = blockLines(entries, indent, step);
  if (isAlone) {
    const offset = source.aboveComments(source.lineStart(start));
    return { start: offset, end: offset, text: lines.map((line) => line + source.eol).join('') };
  }
  const offset = source.lineStart(start) + indent;
  const [first, ...rest] = [...lines, ' '.repeat(indent)];
  return { start: offset, end: offset, text: [first.trimStart(), ...rest].join(source.eol) };
}

/** On lines of its own after a pair. */
function insertAfter(
  map: AnyMap,
  pair: AnyPair | undefined,
  entries: Entries,
  source: SourceText,
): Edit | undefined {
  const indent = indentOf(map, source);
  if (pair === undefined || indent === undefined) return undefined;
  const lines = blockLines(entries, indent, source.stepOf(map));
  const end = pair.value?.range?.[1] ?? pair.key.range?.[1];
  if (end === undefined) return undefined;
  if (source.isLineStart(end))
    return { start: end, end, text: lines.map((line) => line + source.eol).join('') };
  if (isOpenBlock(lastScalar(pair.value), source)) return undefined;
  const offset = source.lineEnd(end);
  return { start: offset, end: offset, text: lines.map((line) => source.eol + line).join('') };
}

/** The scalar at the end of a value. */
function lastScalar(node: unknown): Scalar | undefined {
  let last: unknown = node;
  while (isCollection(last)) {
    const item: unknown = last.items.at(-1);
    last = isPair(item) ? (item.value ?? item.key) : item;
  }
  return isScalar(last) ? last : undefined;
}

/** Whether a line break after a block scalar at the end of a file would become part of it: not after `|-`. */
function isOpenBlock(scalar: Scalar | undefined, source: SourceText): boolean {
  if (scalar?.type !== 'BLOCK_LITERAL' && scalar?.type !== 'BLOCK_FOLDED') return false;
  const start = scalar.range?.[0] ?? 0;
  return !/^[|>]\d?-/.test(source.slice(start, start + 3));
}

function indentOf(map: AnyMap, source: SourceText): number | undefined {
  const start = map.items[0]?.key.range?.[0];
  return start === undefined ? undefined : source.indentation(start).indent;
}

function blockLines(entries: Entries, indent: number, step: number): readonly string[] {
  return [...entries].flatMap(([key, value]) => {
    const start = `${' '.repeat(indent)}${key}:`;
    return typeof value === 'string'
      ? [`${start} ${scalarText(value)}`]
      : [start, ...blockLines(value, indent + step, step)];
  });
}
