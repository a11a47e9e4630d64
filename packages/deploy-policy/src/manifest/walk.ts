import {
  type Alias,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  type Node,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isCoreTag, isMergeKey } from './kubernetes-text.ts';

/** What keeps a text from being a manifest. */
export interface YamlFault {
  /** In the text, counted from 0. */
  readonly offset: number;
  readonly what: string;
}

/** What one walk through a document finds. */
export interface Walked {
  readonly faults: readonly YamlFault[];
  /** Every scalar, in order, with the keys. */
  readonly scalars: readonly Scalar<string>[];
  /** Every map that may hold an image as the values of charts do: with `repository` or `tag`, or a merge. */
  readonly chartMaps: readonly Node[];
  /** Maps with keys before a merge. */
  readonly lateMerges: readonly Node[];
  /** What aliases lead to. */
  readonly targets: ReadonlyMap<Node, Node>;
  readonly nodes: number;
}

type Collection = YAMLMap | YAMLSeq;

interface Walk extends Walked {
  readonly anchors: Map<string, Node>;
  /** Nodes with an anchor whose end has not come. */
  readonly open: Set<Node>;
  readonly targets: Map<Node, Node>;
  readonly faults: YamlFault[];
  readonly scalars: Scalar<string>[];
  readonly chartMaps: Node[];
  readonly lateMerges: Node[];
  nodes: number;
  /** True in the value of a merge key: it adds keys to a map, which readers count, but no values. */
  isMerge: boolean;
  /** How many values there would be more if each alias were what it stands for. */
  aliased: number;
  /** The number of values in a node with an anchor, aliases followed. */
  readonly sizes: Map<Node, number>;
}

/** Some kilobytes of aliases can stand for billions of values. Kubernetes refuses them as well. */
export const MAX_ALIASED = 100_000;
/** How findings say so. */
export const TOO_MANY_ALIASES: string = 'its aliases stand for more than 100,000 values';

/** Deeper than any manifest, and not too deep for a function that calls itself. */
const MAX_DEPTH = 200;

/** Looks at every node of a document once. */
export function walk(contents: unknown): Walked {
  const state: Walk = {
    anchors: new Map(),
    open: new Set(),
    targets: new Map(),
    faults: [],
    scalars: [],
    chartMaps: [],
    lateMerges: [],
    nodes: 0,
    isMerge: false,
    aliased: 0,
    sizes: new Map(),
  };
  visit(contents, 0, state);
  return state;
}

function visit(node: unknown, depth: number, state: Walk): void {
  state.nodes += 1;
  if (isScalar(node)) {
    remember(node, state);
    state.scalars.push(node as Scalar<string>);
  } else if (isAlias(node)) {
    follow(node, state);
  } else if (isCollection(node)) {
    if (depth >= MAX_DEPTH) {
      fault(node, tooDeep, state);
      return;
    }
    if (node.anchor === undefined) visitItems(node, node.items, depth + 1, state);
    else visitAnchored(node, depth, state);
  }
}

function visitAnchored(node: Collection, depth: number, state: Walk): void {
  remember(node, state);
  state.open.add(node);
  const before = state.nodes + state.aliased;
  visitItems(node, node.items, depth + 1, state);
  state.sizes.set(node, state.nodes + state.aliased - before);
  state.open.delete(node);
}

export const tooDeep: string = `values are nested deeper than ${MAX_DEPTH} levels`;

function visitItems(node: Node, items: readonly unknown[], depth: number, state: Walk): void {
  const keys = new Set<unknown>();
  let hasMerge = false;
  for (const item of items) {
    if (!isPair(item)) {
      visit(item, depth, state);
      continue;
    }
    state.isMerge = isMergeKey(item.key);
    if (state.isMerge) {
      if (hasMerge) fault(item.key as Node, 'duplicate key "<<"', state);
      if (keys.size > 0) state.lateMerges.push(node);
      hasMerge = true;
    } else {
      visitKey(item.key, keys, state);
    }
    visit(item.value, depth, state);
    state.isMerge = false;
  }
  if (hasMerge || keys.has('repository') || keys.has('tag')) state.chartMaps.push(node);
}

function visitKey(key: unknown, keys: Set<unknown>, state: Walk): void {
  state.nodes += 1;
  if (isAlias(key)) follow(key, state);
  const scalar = isAlias(key) ? state.targets.get(key) : key;
  if (!isScalar(scalar)) {
    if (isCollection(scalar)) fault(key as Node, 'a key is not a string', state);
    return;
  }
  if (scalar === key) {
    remember(scalar, state);
    state.scalars.push(scalar as Scalar<string>);
  }
  const text = String(scalar.value);
  if (keys.has(text)) fault(key as Node, `duplicate key ${quoted(text)}`, state);
  keys.add(text);
  if (isCoreTag(scalar.tag) && !scalar.tag.endsWith(':str'))
    fault(
      key as Node,
      `the key ${quoted(text)} has a YAML tag, which parsers read in different ways`,
      state,
    );
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

function remember(node: Node & { readonly anchor?: string }, { anchors }: Walk): void {
  if (node.anchor !== undefined) anchors.set(node.anchor, node);
}

/** An anchor is valid from where it stands, so that the last one of a name counts. */
function follow(alias: Alias, state: Walk): void {
  const target = state.anchors.get(alias.source);
  if (target === undefined) {
    fault(alias, `the alias ${quoted(`*${alias.source}`)} has no anchor before it`, state);
  } else if (state.open.has(target)) {
    fault(alias, `the anchor of ${quoted(`*${alias.source}`)} contains itself`, state);
  } else {
    state.targets.set(alias, target);
    const isFew = state.aliased <= MAX_ALIASED;
    if (!state.isMerge) state.aliased += state.sizes.get(target) ?? 0;
    if (isFew && state.aliased > MAX_ALIASED) fault(alias, TOO_MANY_ALIASES, state);
  }
}

function fault(node: Node, what: string, state: Walk): void {
  state.faults.push({ offset: node.range?.[0] ?? 0, what });
}
