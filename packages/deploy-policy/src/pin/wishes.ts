import type { Node, Pair, YAMLMap } from 'yaml';
import { textOf, type Value } from '../manifest/node.ts';

/** Pairs that a map lacks: a value is text, or a map in turn. */
export interface Entries extends ReadonlyMap<string, string | Entries> {}

/** A map to add pairs to, or a value that is nothing yet and becomes a map. */
export interface Addition {
  readonly into: Node;
  /** The pair whose value `into` is. The root has none. */
  readonly pair?: Pair<Node, Node | null>;
  /** The map that has that pair. */
  readonly parent?: YAMLMap<Node, Node | null>;
  /** Whether the pairs come before or after those that are there. */
  readonly at: 'first' | 'last';
  readonly entries: Map<string, string | Entries>;
  /** The field of the map, or of what becomes one. */
  readonly field: string;
}

export interface ScalarWish {
  readonly value: Value;
  readonly text: string;
  /** As the list of changes names it. */
  readonly field: string;
}

/** What the scalars and maps of a document should be. */
export interface Wishes {
  readonly scalars: ReadonlyMap<Node, ScalarWish>;
  readonly additions: ReadonlyMap<Node, Addition>;
  /** Returns false if the scalar is shared with somebody who wants another text in it. */
  readonly wish: (value: Value, text: string, field: string) => boolean;
  /** Returns false if somebody else wants another value for one of the keys. */
  readonly add: (addition: Addition) => boolean;
}

export function createWishes(): Wishes {
  const scalars = new Map<Node, ScalarWish>();
  const additions = new Map<Node, Addition>();
  return {
    scalars,
    additions,
    wish: (value, text, field) => {
      const known = scalars.get(value.node);
      if (known === undefined) scalars.set(value.node, { value, text, field });
      // Whoever changes it names the field; who keeps it came first.
      return known === undefined || known.text === text;
    },
    add: (addition) => {
      const known = additions.get(addition.into);
      if (known === undefined) {
        additions.set(addition.into, addition);
        return true;
      }
      return merge(known.entries, addition.entries);
    },
  };
}

/** Adds entries to others; false if a key has two values. */
function merge(into: Map<string, string | Entries>, entries: Entries): boolean {
  return [...entries].every(([key, value]) => {
    const present = into.get(key);
    if (present === undefined) {
      into.set(key, value);
      return true;
    }
    if (typeof present === 'string' || typeof value === 'string') return present === value;
    return merge(present as Map<string, string | Entries>, value);
  });
}

/** The wishes for scalars that are not fulfilled yet. */
export function changedScalars({ scalars }: Wishes): readonly ScalarWish[] {
  return scalars
    .values()
    .filter(({ text, value }) => textOf(value.node) !== text)
    .toArray();
}
