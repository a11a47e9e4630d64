import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { ManifestDocument } from './document.ts';

/** What following aliases and merges needs of a document. */
export type Resolving = Pick<ManifestDocument, 'resolve' | 'countStep'>;

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

/** The pair of a key of a map itself; undefined if it has none. The last of two wins, as in Kubernetes. */
export function ownPair(map: Node, key: string): AnyPair | undefined {
  if (!isMap(map)) return undefined;
  return (map as AnyMap).items.findLast((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Follows an alias to its anchor. */
export function valueOf(written: unknown, document: Resolving): Value | undefined {
  const node = document.resolve(written);
  return node === undefined ? undefined : { written: written as Node, node };
}

/**
 * The value of a key, also one that a merge key (`<<`) brings in: Kubernetes' reader merges. A key of
 * the map itself wins, then the first of the merged maps.
 */
export function field(map: Node | undefined, key: string, document: Resolving): Value | undefined {
  if (!isMap(map)) return undefined;
  const own = ownPair(map, key);
  if (own !== undefined) return valueOf(own.value, document);
  const merge = ownPair(map, '<<');
  if (merge === undefined || !isPlainKey(merge.key)) return undefined;
  document.countStep();
  const merged = document.resolve(merge.value);
  const maps = isSeq(merged) ? merged.items.map((item) => document.resolve(item)) : [merged];
  for (const one of maps) {
    const found = one === map ? undefined : field(one, key, document);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isPlainKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN';
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

/** What YAML 1.1, which Kubernetes reads, takes for something else than text when it has no quotes. */
const NOT_TEXT =
  /^(?:|~|null|Null|NULL|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE|[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)|[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** True for text that needs quotes to stay text. */
export function needsQuotes(text: string): boolean {
  return NOT_TEXT.test(text);
}

/** The text of a scalar; undefined for what Kubernetes would not read as text. */
export function textOf(node: Node | undefined): string | undefined {
  if (!isScalar(node)) return undefined;
  const { tag, type, value } = node as Scalar<string>;
  if (tag === 'tag:yaml.org,2002:str' || tag === '!') return value;
  if (tag !== undefined) return undefined;
  return type === 'PLAIN' && needsQuotes(value) ? undefined : value;
}
