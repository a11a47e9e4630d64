import type { FindingState } from './publisher.ts';

/** True of what is on the registry and names our SHA, whether or not its bytes are the ones built here. */
export function isOurs(state: FindingState): boolean {
  return state === 'identical' || state === 'same-source';
}

/** What a registry's artifact says of itself. */
export interface RegisteredArtifact {
  /** Every digest that the registry tells, or that was computed from the bytes it serves. */
  readonly digests?: readonly string[] | undefined;
  /** The full source SHA that the artifact names. */
  readonly sha?: string | undefined;
}

/** What it is compared with; each is left out when there is nothing to compare. */
export interface ExpectedArtifact {
  /** Of the built bytes. */
  readonly digest?: string | undefined;
  /** The full source SHA of this release. Without one, any commit will do. */
  readonly sha?: string | undefined;
}

/**
 * The one rule for what was found under a coordinate, in every registry. The digest decides before
 * the SHA: equal bytes hold the SHA that was built into them, whatever the registry shows of it.
 * An artifact that names no commit is nobody's, and so a conflict.
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
