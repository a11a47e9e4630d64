import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { ManifestDocument } from './document.ts';
import { isMergeKey } from './kubernetes-text.ts';

export { needsQuotes, textOf } from './kubernetes-text.ts';

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
export function valueOf(written: unknown, document: ManifestDocument): Value | undefined {
  const node = document.resolve(written);
  return node === undefined ? undefined : { written: written as Node, node };
}

/**
 * The value of a key, also one that a merge key (`<<`) brings in. As in Kubernetes' reader, what is
 * written later wins, be it the key or the merge key, and of a list of maps the first that has it.
 */
export function field(
  map: Node | undefined,
  key: string,
  document: ManifestDocument,
): Value | undefined {
  if (!isMap(map)) return undefined;
  const { merges, own } = lookUp(map as AnyMap, key, document);
  for (const index of merges.toReversed()) {
    if (own !== undefined && index < own) break;
    for (const one of mergedMaps((map as AnyMap).items[index]?.value, document)) {
      const found = field(one, key, document);
      if (found !== undefined) return found;
    }
  }
  return own === undefined ? undefined : valueOf((map as AnyMap).items[own]?.value, document);
}

/** Every key of a map, with those that merge keys bring in. */
export function keysOf(map: Node | undefined, document: ManifestDocument): readonly string[] {
  if (!isMap(map)) return [];
  const keys = (map as AnyMap).items.flatMap(({ key, value }) => {
    document.countStep();
    if (isMergeKey(key)) return mergedMaps(value, document).flatMap((one) => keysOf(one, document));
    return keyText(key, document) ?? [];
  });
  return [...new Set(keys)];
}

function mergedMaps(value: unknown, document: ManifestDocument): readonly Node[] {
  document.countStep();
  const merged = document.resolve(value);
  const maps = isSeq(merged) ? merged.items.map((item) => document.resolve(item)) : [merged];
  return maps.filter((one) => one !== undefined);
}

function keyText(key: unknown, document: ManifestDocument): string | undefined {
  const scalar = document.resolve(key);
  return isScalar(scalar) ? String(scalar.value) : undefined;
}

/** The indexes of the pairs of a key and of the merge keys of a map. */
interface Places {
  readonly own: number | undefined;
  readonly merges: readonly number[];
}

const NONE: readonly number[] = [];

function lookUp(map: AnyMap, key: string, document: ManifestDocument): Places {
  if (map.items.length > LARGE) {
    const { merges, own } = indexOf(map, document);
    return { own: own.get(key), merges };
  }
  let own: number | undefined;
  let merges = NONE;
  for (const [index, pair] of map.items.entries()) {
    if (isMergeKey(pair.key)) merges = [...merges, index];
    else if (keyText(pair.key, document) === key) own = index;
  }
  return { own, merges };
}

/** From this number of keys on, looking at each of them for each question would add up. */
const LARGE = 32;

interface Index {
  readonly own: ReadonlyMap<string, number>;
  readonly merges: readonly number[];
}

/** Nodes do not change, so neither do their indexes. */
const INDEXES = new WeakMap<AnyMap, Index>();

function indexOf(map: AnyMap, document: ManifestDocument): Index {
  const known = INDEXES.get(map);
  if (known !== undefined) return known;
  const own = new Map<string, number>();
  const merges: number[] = [];
  for (const [index, pair] of map.items.entries()) {
    const text = isMergeKey(pair.key) ? undefined : keyText(pair.key, document);
    if (text !== undefined) own.set(text, index);
    else if (isMergeKey(pair.key)) merges.push(index);
  }
  const made = { own, merges };
  INDEXES.set(map, made);
  return made;
}

/** The values at a path of keys. */
export function fieldAt(
  map: Node | undefined,
  keys: readonly string[],
  document: ManifestDocument,
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
export function itemsOf(value: Value | undefined, document: ManifestDocument): readonly Value[] {
  if (!isSeq(value?.node)) return [];
  return value.node.items.flatMap((item) => {
    document.countStep();
    return valueOf(item, document) ?? [];
  });
}
