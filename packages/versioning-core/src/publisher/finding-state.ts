import type { FindingState } from './results.ts';

/**
 * True if the registry has the version and it names our SHA, whether or not its bytes equal ours.
 */
export function isOurs(state: FindingState): boolean {
  return state === 'identical' || state === 'same-source';
}

/** What a registry's artifact says about itself. */
export interface RegisteredArtifact {
  /** Every digest that the registry reports, or that we computed from the bytes it serves. */
  readonly digests?: readonly string[] | undefined;
  /** The full source SHA that the artifact names. */
  readonly sha?: string | undefined;
}

/** What we compare the artifact with. Omit a field to skip that comparison. */
export interface ExpectedArtifact {
  /** The digest of the bytes that we built. */
  readonly digest?: string | undefined;
  /** The full source SHA of this release. If omitted, any commit is accepted. */
  readonly sha?: string | undefined;
}

/**
 * Classifies what a registry has under a coordinate; every publisher uses this one rule. It
 * compares the digest before the SHA: equal bytes contain the SHA that was built into them,
 * whatever the registry shows. An artifact that names no commit is a conflict.
 */
export function classifyFinding(
  found: RegisteredArtifact | 'absent' | 'unknown',
  expected: ExpectedArtifact = {},
): FindingState {
  if (found === 'absent' || found === 'unknown') return found;
  if (expected.digest !== undefined && found.digests?.includes(expected.digest)) return 'identical';
  if (found.sha === undefined) return 'conflict';
  return expected.sha === undefined || found.sha === expected.sha ? 'same-source' : 'conflict';
}
