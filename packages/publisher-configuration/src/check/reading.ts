import { printable } from '@ameide/versioning-core';
import type { Fault, Position } from './fault.ts';

/** A JSON or YAML file, read. */
export interface Reading {
  readonly faults: readonly Fault[];
  /** Empty when there are faults. */
  readonly documents: readonly TextDocument[];
}

/** One document of a file. */
export interface TextDocument {
  readonly value: unknown;
  /** Where a value is, by its keys; where that is not known, the nearest value around it. */
  readonly positionOf: (keys: readonly string[]) => Position;
}

/** Levels of lists and maps. Parsers of other languages stop at some hundreds, or crash. */
export const MAX_DEPTH = 64;

export const TOO_DEEP: string = `is nested more than ${MAX_DEPTH} levels deep`;

/** What is wrong with a key, given those before it in the same map. */
export function keyFault(key: string, before: ReadonlySet<string>): string | undefined {
  // Merging such an object into another one changes every object of a JavaScript program.
  if (key === '__proto__') return 'has the key __proto__, which changes programs that merge it';
  return before.has(key)
    ? `has the key ${printable(key)} twice: readers disagree on which one counts`
    : undefined;
}
