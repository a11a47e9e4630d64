import { Composer, isAlias, isScalar, type Node, Parser, type Scalar } from 'yaml';
import { mergeOrderFaults } from './merge-order.ts';
import { type Resolving, TooManyAliases } from './node.ts';
import { createPosition, type Position } from './position.ts';
import { unreadableCharacters } from './unreadable-characters.ts';
import {
  MAX_ALIASED,
  TOO_MANY_ALIASES,
  tooDeep,
  type Walked,
  walk,
  type YamlFault,
} from './walk.ts';

export { TooManyAliases } from './node.ts';
export { TOO_MANY_ALIASES, type YamlFault } from './walk.ts';

/** The text of one file, or of standard input. */
export interface ManifestFile {
  /** As findings name it. */
  readonly path: string;
  readonly text: string;
  /**
   * Its path from the top of its repository, with `/`: patterns of `places` are about that. Default: `path`.
   */
  readonly inRepository?: string;
}

/** One document of a file. */
export interface ManifestDocument extends Resolving {
  /** Undefined for an empty document. */
  readonly root: Node | undefined;
  readonly faults: readonly YamlFault[];
  /** Every scalar, in order, with the keys. */
  readonly scalars: readonly Scalar<string>[];
  /** Every map that may hold an image as the values of charts do: with `repository` or `tag`, or a merge. */
  readonly chartMaps: readonly Node[];
  readonly positionOf: Position;
  /** Where its text begins and ends; comments and directives above it are part of it. */
  readonly range: readonly [number, number];
  /** Comments that belong to no value: above the first one, and below the last one. */
  readonly comments: { readonly before: string; readonly after: string };
  /** True for what an alias names. */
  readonly isAliased: (node: Node) => boolean;
}

/**
 * Reads the documents of a text one after the other, so that memory does not grow with their number.
 * Every scalar stays the text that it is: which of them Kubernetes takes for a number, `textOf` says.
 */
export function* readDocuments(text: string): Generator<ManifestDocument> {
  const positionOf = createPosition(text);
  const tokens = new Parser().parse(text);
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, resolveKnownTags: false });
  const unreadable = unreadableCharacters(text);
  let end = 0;
  for (const document of composer.compose(tokens, true, text.length)) {
    const errors = document.errors.map(({ code, message, pos }) => ({
      offset: pos[0],
      what: code === 'RESOURCE_EXHAUSTION' ? tooDeep : message,
    }));
    const start = end;
    end = document.range[2];
    const walked = walk(document.contents);
    const described = describe(document.contents, walked);
    const merges = lateMergeFaults(walked.lateMerges, described);
    yield {
      ...described,
      faults: [...unreadable.before(end), ...errors, ...walked.faults, ...merges],
      positionOf,
      range: [start, end],
      comments: { before: document.commentBefore ?? '', after: document.comment ?? '' },
    };
  }
}

function describe(
  contents: unknown,
  { nodes, chartMaps, scalars, targets }: Walked,
): Pick<
  ManifestDocument,
  'root' | 'scalars' | 'chartMaps' | 'isAliased' | 'resolve' | 'countStep'
> {
  let steps = 0;
  const resolve = (node: unknown): Node | undefined =>
    isAlias(node) ? targets.get(node) : ((node ?? undefined) as Node | undefined);
  return {
    root: resolve(contents),
    scalars,
    chartMaps,
    isAliased: lazyIsAliased(targets),
    resolve,
    countStep: () => {
      steps += 1;
      if (steps > MAX_ALIASED + nodes) throw new TooManyAliases();
    },
  };
}

function lateMergeFaults(maps: readonly Node[], document: Resolving): readonly YamlFault[] {
  try {
    return mergeOrderFaults(maps, document);
  } catch (error) {
    if (!(error instanceof TooManyAliases)) throw error;
    return [{ offset: maps[0]?.range?.[0] ?? 0, what: TOO_MANY_ALIASES }];
  }
}

function lazyIsAliased(targets: ReadonlyMap<Node, Node>): (node: Node) => boolean {
  let aliased: ReadonlySet<Node> | undefined;
  return (node) => {
    aliased ??= new Set(targets.values());
    return aliased.has(node);
  };
}

/** True for a document that has no value, as after the last `---` of a file. */
export function isEmpty({ root }: ManifestDocument): boolean {
  return root === undefined || (isScalar(root) && root.value === '');
}
