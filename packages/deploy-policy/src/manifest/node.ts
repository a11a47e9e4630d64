import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { isMergeKey } from './kubernetes-text.ts';

export { needsQuotes, textOf } from './kubernetes-text.ts';

export class TooManyAliases extends Error {}

/** What following aliases and merges needs of a document. */
export interface Resolving {
  /** Follows an alias to its anchor; undefined for what is not a node. */
  readonly resolve: (node: unknown) => Node | undefined;
  /** Counts what a reader looks at. Throws `TooManyAliases` if aliases multiply it beyond reason. */
  readonly countStep: () => void;
}

type AnyMap = YAMLMap<Node, Node | null>;
type AnyPair = Pair<Node, Node | null>;

/** A value as a manifest holds it: the node that is written there, and the one that it means. */
export interface Value {
  /** An alias, or the same as `node`. Positions of findings are its positions. */
  readonly written: Node;
  /** Never an alias. */
  readonly node: Node;
}

export function isMapNode(node: unknown): node is AnyMap {
  return isMap(node);
}

/** The pair of a key that a map itself has; undefined if it has none. */
export function ownPair(map: Node, key: string): AnyPair | undefined {
  if (!isMap(map)) return undefined;
  return (map as AnyMap).items.findLast((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Follows an alias to its anchor. */
export function valueOf(written: unknown, document: Resolving): Value | undefined {
  const node = document.resolve(written);
  return node === undefined ? undefined : { written: written as Node, node };
}

/** Merges of merges that go deeper than this stand for more values than any manifest has. */
const MAX_MERGES = 1000;

/**
 * The value of a key, also one that a merge key (`<<`) brings in. A key of the map itself wins, then the
 * first of the merged maps.
 */
export function field(map: Node | undefined, key: string, document: Resolving): Value | undefined {
  return fieldBelow(map, key, document, 0);
}

function fieldBelow(
  map: Node | undefined,
  key: string,
  document: Resolving,
  depth: number,
): Value | undefined {
  if (!isMap(map)) return undefined;
  if (depth > MAX_MERGES) throw new TooManyAliases();
  const { merge, own } = lookUp(map as AnyMap, key, document);
  if (own !== undefined) return valueOf(own.value, document);
  if (merge === undefined) return undefined;
  for (const one of mergedMaps(merge.value, document)) {
    const found = fieldBelow(one, key, document, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every key of a map, with those that a merge key brings in. */
export function keysOf(map: Node | undefined, document: Resolving): readonly string[] {
  return keysBelow(map, document, 0);
}

function keysBelow(map: Node | undefined, document: Resolving, depth: number): readonly string[] {
  if (!isMap(map)) return [];
  if (depth > MAX_MERGES) throw new TooManyAliases();
  const keys = (map as AnyMap).items.flatMap(({ key, value }) => {
    document.countStep();
    if (isMergeKey(key))
      return mergedMaps(value, document).flatMap((one) => keysBelow(one, document, depth + 1));
    return keyText(key, document) ?? [];
  });
  return [...new Set(keys)];
}

/** The keys that a map itself has, without those that a merge key brings in. */
export function ownKeys(map: Node, document: Resolving): readonly string[] {
  if (!isMap(map)) return [];
  return (map as AnyMap).items.flatMap(({ key }) => {
    document.countStep();
    return isMergeKey(key) ? [] : (keyText(key, document) ?? []);
  });
}

/** The maps that the merge key of a map brings in, the first of which wins. */
export function mergesOf(map: Node, document: Resolving): readonly Node[] {
  if (!isMap(map)) return [];
  const merge = (map as AnyMap).items.find(({ key }) => isMergeKey(key));
  return merge === undefined ? [] : mergedMaps(merge.value, document);
}

function mergedMaps(value: unknown, document: Resolving): readonly Node[] {
  document.countStep();
  const merged = document.resolve(value);
  const maps = isSeq(merged) ? merged.items.map((item) => document.resolve(item)) : [merged];
  return maps.filter((one) => one !== undefined);
}

function keyText(key: unknown, document: Resolving): string | undefined {
  const scalar = isScalar(key) ? key : document.resolve(key);
  return isScalar(scalar) ? String(scalar.value) : undefined;
}

/** The pair of a key, and that of the merge key. */
interface Pairs {
  readonly own: AnyPair | undefined;
  readonly merge: AnyPair | undefined;
}

function lookUp(map: AnyMap, key: string, document: Resolving): Pairs {
  if (map.items.length > LARGE) {
    const { merge, own } = indexOf(map, document);
    return { own: own.get(key), merge };
  }
  let own: AnyPair | undefined;
  let merge: AnyPair | undefined;
  for (const pair of map.items)
    if (isMergeKey(pair.key)) merge = pair;
    else if (keyText(pair.key, document) === key) own = pair;
  return { own, merge };
}

/** From this number of keys on, looking at each of them for each question would add up. */
const LARGE = 32;

interface Index {
  readonly own: ReadonlyMap<string, AnyPair>;
  readonly merge: AnyPair | undefined;
}

/** Nodes do not change, so neither do their indexes. */
const INDEXES = new WeakMap<AnyMap, Index>();

function indexOf(map: AnyMap, document: Resolving): Index {
  const known = INDEXES.get(map);
  if (known !== undefined) return known;
  const own = new Map<string, AnyPair>();
  let merge: AnyPair | undefined;
  for (const pair of map.items) {
    const text = isMergeKey(pair.key) ? undefined : keyText(pair.key, document);
    if (text !== undefined) own.set(text, pair);
    else if (isMergeKey(pair.key)) merge = pair;
  }
  const made = { own, merge };
  INDEXES.set(map, made);
  return made;
}

/** The values at a path of keys. */
export function fieldAt(
  map: Node | undefined,
  keys: readonly string[],
  document: Resolving,
): Value | undefined {
  let found: Value | undefined;
  let at = map;
  for (const key of keys) {
    found = field(at, key, document);
    at = found?.node;
  }
  return found;
}

/** The items of a list; none for what is no list. */
export function itemsOf(value: Value | undefined, document: Resolving): readonly Value[] {
  if (!isSeq(value?.node)) return [];
  return value.node.items.flatMap((item) => {
    document.countStep();
    return valueOf(item, document) ?? [];
  });
}
