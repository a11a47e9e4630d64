import type { Coordinate } from '@ameide/versioning-core';
import { versionFacts } from './version-facts.ts';

/** What a registry shows of a version, in its list or when it is asked about it. */
interface Shown {
  readonly coordinate: Coordinate;
  readonly deprecated?: string;
  readonly isWithdrawn?: true;
}

/** True if its registry shows that nobody should get it: deprecated (npm), yanked (PyPI), retracted (Go). */
export function isMarked({ deprecated, isWithdrawn }: Omit<Shown, 'coordinate'>): boolean {
  return deprecated !== undefined || isWithdrawn === true;
}

/** The mark in one word, of a version that has one. */
export function markWord({ coordinate, deprecated }: Shown): string {
  if (deprecated !== undefined) return 'deprecated';
  return coordinate.ecosystem === 'go' ? 'retracted' : 'yanked';
}

/**
 * Returns the releases and candidates that some registry shows as withdrawn: `0.1.0`, `0.1.0-rc.1`. The mark of
 * one artifact counts for the whole release, because images and GitHub have none.
 */
export function markedVersions(shown: readonly Shown[]): ReadonlySet<string> {
  const marked = shown.filter(isMarked);
  return new Set(marked.flatMap(({ coordinate }) => versionFacts(coordinate).tagged ?? []));
}
