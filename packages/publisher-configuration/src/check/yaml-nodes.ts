import { isAlias, isCollection, isNode, isPair, isScalar, type Node } from 'yaml';
import { keyFault, MAX_DEPTH, TOO_DEEP } from './reading.ts';
import { isMergeable, isMergeKey } from './yaml-agreement.ts';

export interface NodeFault {
  readonly offset: number;
  readonly what: string;
}

/**
 * The limit of values that all aliases of a document expand to. Some kilobytes of aliases can
 * expand to billions.
 */
const MAX_ALIASED = 100_000;

interface Look {
  readonly faults: NodeFault[];
  /**
   * Anchors by name. A later anchor replaces an earlier one of the same name (YAML 1.2.2, section
   * 7.1).
   */
  readonly anchors: Map<string, Node>;
  /** The number of values in a node with its aliases expanded; 0 while it is being counted. */
  readonly sizes: Map<Node, number>;
  aliased: number;
}

/** Checks the keys, depth and aliases of a document's nodes, in order. */
export function checkNodes(contents: unknown): readonly NodeFault[] {
  const look: Look = { faults: [], anchors: new Map(), sizes: new Map(), aliased: 0 };
  sizeOf(contents, 0, look);
  return look.faults;
}

function sizeOf(node: unknown, depth: number, look: Look): number {
  if (isAlias(node)) return aliasSize(node, node.source, look);
  if (isNode(node) && node.anchor !== undefined) look.anchors.set(node.anchor, node);
  if (!isCollection(node)) return 1;
  if (depth >= MAX_DEPTH) {
    note(node, TOO_DEEP, look);
    return 1;
  }
  look.sizes.set(node, 0);
  const keys = new Set<string>();
  let size = 1;
  for (const item of node.items) {
    if (isPair(item)) {
      checkKey(item.key, keys, node, look);
      if (isMergeKey(item.key) && !isMergeable(item.value, look.anchors))
        note(item.key as Node, 'has a merge key (<<) with something else than a map', look);
      size += sizeOf(item.key, depth + 1, look) + sizeOf(item.value, depth + 1, look);
    } else {
      size += sizeOf(item, depth + 1, look);
    }
  }
  look.sizes.set(node, size);
  return size;
}

function aliasSize(alias: Node, name: string, look: Look): number {
  const target = look.anchors.get(name);
  const size = target === undefined ? 1 : (look.sizes.get(target) ?? 1);
  if (target === undefined) note(alias, 'has an alias without an anchor before it', look);
  else if (size === 0) note(alias, 'has an alias inside of its own anchor', look);
  const before = look.aliased;
  look.aliased += size;
  if (before <= MAX_ALIASED && look.aliased > MAX_ALIASED)
    note(alias, `has aliases that expand to more than ${MAX_ALIASED} values`, look);
  return size;
}

function checkKey(key: unknown, keys: Set<string>, map: Node, look: Look): void {
  const target = isAlias(key) ? look.anchors.get(key.source) : key;
  const at = isNode(key) ? key : map;
  if (isCollection(target)) {
    note(at, 'has a list or a map for a key, as an unquoted {{ template }} is', look);
    return;
  }
  // YAML has two keys `1` and `"1"`; in JSON they are one.
  const name = isMergeKey(target) ? '<<' : String(isScalar(target) ? target.value : target);
  const fault = keyFault(name, keys);
  if (fault !== undefined) note(at, fault, look);
  keys.add(name);
}

function note(node: Node, what: string, look: Look): void {
  look.faults.push({ offset: node.range?.[0] ?? 0, what });
}
