import { type Document, isAlias, isMap, isScalar, isSeq, type Scalar, visit } from 'yaml';
import type { NodeFault } from './yaml-nodes.ts';
import { numberText, READERS, type Understood } from './yaml-readers.ts';

/**
 * Reports the plain scalars of a document, keys too, that common readers understand in different
 * ways, and its merge keys. Shows no value. `document` has no faults.
 */
export function disagreements(document: Document.Parsed): readonly NodeFault[] {
  const found: NodeFault[] = [];
  visit(document, {
    Scalar(_, node) {
      const what = isMergeKey(node) ? MERGE_KEY : disagreement(node);
      if (what !== undefined) found.push({ offset: node.range?.[0] ?? 0, what });
    },
  });
  return found;
}

const MERGE_KEY =
  'has a merge key (<<), which YAML 1.2 does not have: PyYAML, Go and Kubernetes merge, other readers keep it as a key; write out what it would merge';

/** True for the key `<<` of a map that readers merge; the library marks it. */
export function isMergeKey(node: unknown): boolean {
  return isScalar(node) && typeof node.value === 'symbol';
}

/** True if readers can merge what the key has: a map, or a list of maps. */
export function isMergeable(value: unknown, anchors: ReadonlyMap<string, unknown>): boolean {
  const target = isAlias(value) ? anchors.get(value.source) : value;
  if (!isSeq(target)) return isMap(target);
  return target.items.every((item) => isMap(isAlias(item) ? anchors.get(item.source) : item));
}

/** Words for what has such a value. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^text$/, 'text'],
  [/^boolean/, 'a boolean'],
  [/^number/, 'a number'],
  [/^time$/, 'a time'],
  [/^error$/, 'an error'],
  [/^null$/, 'null'],
];

function disagreement(node: Scalar): string | undefined {
  if (node.type !== 'PLAIN' || node.tag !== undefined) return undefined;
  const ours = understood(node.value);
  const readers = new Map<Understood, string[]>([[ours, ['YAML 1.2']]]);
  for (const [name, read] of Object.entries(READERS)) {
    const theirs = read(node.source ?? '');
    readers.set(theirs, [...(readers.get(theirs) ?? []), name]);
  }
  if (readers.size === 1) return undefined;
  const kinds = [...readers].map(([kind, names], index) => {
    const [, word = ''] = KINDS.find(([pattern]) => pattern.test(kind)) ?? [];
    const isOther = index > 0 && word === 'a number' && ours.startsWith('number');
    return `${isOther ? 'another number' : word} to ${list(names)}`;
  });
  return `is ${kinds.join(', ')}: ${ours === 'text' ? AS_TEXT : AS_NUMBER}`;
}

const AS_TEXT = 'put it in quotes, or write what is meant in another way';
const AS_NUMBER =
  'put it in quotes if it is text; else write a decimal number that every reader can hold';

function understood(value: unknown): Understood {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return `boolean:${value}`;
  if (typeof value === 'number' || typeof value === 'bigint') return numberText(value);
  return value instanceof Date ? 'time' : 'text';
}

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
