import {
  Composer,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  Parser,
  type Scalar,
} from 'yaml';
import { mergeOrderFaults } from './merge-order.ts';
import type { Resolving } from './node.ts';

/** The text of one file, or of standard input. */
export interface ManifestFile {
  /** As findings name it. */
  readonly path: string;
  readonly text: string;
}

/** What keeps a text from being a manifest. */
export interface YamlFault {
  /** In the text, counted from 0. */
  readonly offset: number;
  readonly what: string;
}

/** One document of a file. */
export interface ManifestDocument {
  /** Undefined for an empty document. */
  readonly root: Node | undefined;
  readonly faults: readonly YamlFault[];
  /** Every scalar, in order. Keys are left out. */
  readonly scalars: readonly Scalar<string>[];
  /** Every map that may hold an image as the values of charts do: with the key `repository`, or a merge. */
  readonly repositories: readonly Node[];
  readonly positionOf: Position;
  /** Where its text begins and ends; comments and directives above it are part of it. */
  readonly range: readonly [number, number];
  /** Comments that belong to no value: above the first one, and below the last one. */
  readonly comments: { readonly before: string; readonly after: string };
  /** True for what an alias names. */
  readonly isAliased: (node: Node) => boolean;
  /** Follows an alias to its anchor; undefined for what is no node. */
  readonly resolve: (node: unknown) => Node | undefined;
  /** Counts what a reader looks at. Throws `TooManyAliases` if aliases multiply it beyond reason. */
  readonly countStep: () => void;
}

/** Some kilobytes of aliases can stand for billions of values. */
const MAX_STEPS = 100_000;
/** Deeper than any manifest, and not too deep for a function that calls itself. */
const MAX_DEPTH = 200;

/** How findings say so. */
export const TOO_MANY_ALIASES = 'its aliases stand for too many values';

export class TooManyAliases extends Error {}

/** Reads where lines begin. Lines and columns count from 1. */
type Position = (offset: number) => { readonly line: number; readonly column: number };

/**
 * Reads the documents of a text one after the other, so that memory does not grow with their number.
 * Every scalar stays the text that it is: which of them Kubernetes takes for a number, `textOf` says.
 */
export function* readDocuments(text: string): Generator<ManifestDocument> {
  const lines = new LineCounter();
  const positionOf: Position = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const tokens = new Parser(lines.addNewLine).parse(text);
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false });
  let end = 0;
  for (const document of composer.compose(tokens, false)) {
    const errors = document.errors.map(({ message, pos }) => ({ offset: pos[0], what: message }));
    const start = end;
    end = document.range[2];
    yield {
      ...describe(document.contents, errors),
      positionOf,
      range: [start, end],
      comments: { before: document.commentBefore ?? '', after: document.comment ?? '' },
    };
  }
}

interface Walk {
  readonly anchors: Map<string, Node>;
  readonly targets: Map<Node, Node>;
  readonly faults: YamlFault[];
  readonly scalars: Scalar<string>[];
  readonly repositories: Node[];
  /** Maps with keys before a merge. */
  readonly lateMerges: Node[];
  nodes: number;
}

function describe(
  contents: unknown,
  errors: readonly YamlFault[],
): Omit<ManifestDocument, 'positionOf' | 'range' | 'comments'> {
  const state: Walk = {
    anchors: new Map(),
    targets: new Map(),
    faults: [...errors],
    scalars: [],
    repositories: [],
    lateMerges: [],
    nodes: 0,
  };
  visit(contents, 0, state);
  let steps = 0;
  const countStep = (): void => {
    steps += 1;
    if (steps > MAX_STEPS + state.nodes) throw new TooManyAliases();
  };
  const resolve = (node: unknown): Node | undefined =>
    isAlias(node) ? state.targets.get(node) : ((node ?? undefined) as Node | undefined);
  return {
    root: resolve(contents),
    faults: [...state.faults, ...lateMergeFaults(state, { resolve, countStep })],
    scalars: state.scalars,
    repositories: state.repositories,
    isAliased: lazyIsAliased(state.targets),
    resolve,
    countStep,
  };
}

function lateMergeFaults({ lateMerges }: Walk, document: Resolving): readonly YamlFault[] {
  try {
    return mergeOrderFaults(lateMerges, document);
  } catch (error) {
    if (!(error instanceof TooManyAliases)) throw error;
    return [{ offset: lateMerges[0]?.range?.[0] ?? 0, what: TOO_MANY_ALIASES }];
  }
}

function lazyIsAliased(targets: ReadonlyMap<Node, Node>): (node: Node) => boolean {
  let aliased: ReadonlySet<Node> | undefined;
  return (node) => {
    aliased ??= new Set(targets.values());
    return aliased.has(node);
  };
}

function visit(node: unknown, depth: number, state: Walk): void {
  state.nodes += 1;
  if (isAlias(node)) {
    const target = state.anchors.get(node.source);
    // An anchor without its node is an alias inside of itself: it leads nowhere.
    if (target !== undefined) state.targets.set(node, target);
    else fault(node, `the alias *${node.source} has no anchor before it`, state);
    return;
  }
  if (isScalar(node)) {
    if (node.anchor !== undefined) state.anchors.set(node.anchor, node);
    state.scalars.push(node as Scalar<string>);
    return;
  }
  if (!isCollection(node)) return;
  if (depth >= MAX_DEPTH) {
    fault(node, `values are nested deeper than ${MAX_DEPTH} levels`, state);
    return;
  }
  const keys = new Set<unknown>();
  for (const item of node.items) {
    if (!isPair(item)) {
      visit(item, depth + 1, state);
      continue;
    }
    if (isScalar(item.key) && item.key.value === '<<' && keys.size > 0) state.lateMerges.push(node);
    visitKey(item.key, keys, depth, state);
    visit(item.value, depth + 1, state);
  }
  if (keys.has('repository') || keys.has('<<')) state.repositories.push(node);
  // Only now: an alias in a node to the node itself has no end.
  if (node.anchor !== undefined) state.anchors.set(node.anchor, node);
}

function visitKey(key: unknown, keys: Set<unknown>, depth: number, state: Walk): void {
  if (isScalar(key)) {
    if (keys.has(key.value))
      fault(key, `the key ${JSON.stringify(String(key.value).slice(0, 60))} is there twice`, state);
    keys.add(key.value);
    if (key.anchor !== undefined) state.anchors.set(key.anchor, key);
  } else {
    visit(key, depth + 1, state);
  }
}

function fault(node: Node, what: string, state: Walk): void {
  state.faults.push({ offset: node.range?.[0] ?? 0, what });
}

/** True for a document that has no value, as after the last `---` of a file. */
export function isEmpty({ root }: ManifestDocument): boolean {
  return root === undefined || (isScalar(root) && root.value === '');
}
