import { printable } from '@ameide/versioning-core';
import type { Fault, Position } from './fault.ts';

/** A JSON or YAML file after reading. */
export interface Reading {
  readonly faults: readonly Fault[];
  /** What readers disagree on, although nothing is wrong with it. Empty if there are faults. */
  readonly notes: readonly Fault[];
  /** Empty if there are faults. */
  readonly documents: readonly TextDocument[];
}

/** A file that cannot be read. */
export function unread(faults: readonly Fault[]): Reading {
  return { faults, notes: [], documents: [] };
}

/** One document of a file. */
export interface TextDocument {
  readonly value: unknown;
  /** True if it has tags that we do not know: what they mean is up to its reader. */
  readonly hasOwnTags?: boolean;
  /** Returns the position of a value by its keys, or of the nearest value around it. */
  readonly positionOf: (keys: readonly string[]) => Position;
}

/**
 * The limit of nested lists and maps. Parsers of other languages stop at some hundreds, or crash.
 */
export const MAX_DEPTH = 64;

export const TOO_DEEP: string = `is nested more than ${MAX_DEPTH} levels deep`;

/** Returns what is wrong with a key, given the earlier keys of the same map. */
export function keyFault(key: string, before: ReadonlySet<string>): string | undefined {
  // A JavaScript program that merges such an object changes all its objects.
  if (key === '__proto__') return 'has the key __proto__, which changes programs that merge it';
  return before.has(key)
    ? `has the key ${printable(key)} twice: readers disagree on which one counts`
    : undefined;
}
