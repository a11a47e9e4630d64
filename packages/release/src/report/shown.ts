import {
  type Ecosystem,
  type Finding,
  type FindingState,
  formatCoordinate,
  type Problem,
} from '@ameide/versioning-core';
import type { PublisherRun } from '../run/publisher-run.ts';

/** One artifact as its registry shows it. */
export interface ShownArtifact {
  readonly publisher: string;
  readonly ecosystem: Ecosystem;
  readonly registry: string;
  /** As `formatCoordinate` writes it. */
  readonly coordinate: string;
  /** The version that clients resolve it to, where it is another. */
  readonly resolved?: string;
  /**
   * `same-source` and `identical`: built from this commit. `absent`: not published. `conflict`:
   * there, but built from another commit. `unknown` as well when it was written to and could not be
   * read afterwards.
   */
  readonly state: FindingState;
  /** The source SHA read back from the registry. */
  readonly sha?: string;
  readonly digest?: string;
}

export type ProblemReport = Omit<Problem, 'cause'> & { readonly publisher?: string };

/** A problem as it is printed: without its cause, which may hold anything. */
export function problemReport(
  { cause: _cause, ...problem }: Problem,
  publisher?: string,
): ProblemReport {
  return publisher === undefined ? problem : { ...problem, publisher };
}

/** What a finding says, flat. */
export function shownArtifact(
  { publisher, plan }: Pick<PublisherRun, 'publisher' | 'plan'>,
  { coordinate, resolved, state, sha, digest }: Finding,
): ShownArtifact {
  return {
    publisher: publisher.id,
    ecosystem: coordinate.ecosystem,
    registry: plan.registry,
    coordinate: formatCoordinate(coordinate),
    ...(resolved === undefined ? {} : { resolved }),
    state,
    ...(sha === undefined ? {} : { sha }),
    ...(digest === undefined ? {} : { digest }),
  };
}
