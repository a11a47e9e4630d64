import {
  type Coordinate,
  type Ecosystem,
  type Finding,
  type FindingState,
  formatCoordinate,
  type Problem,
} from '@ameide/versioning-core';
import { type KnownProof, type PublisherRun, proofsOf } from '../run/publisher-run.ts';

/** One artifact as its registry shows it. */
export interface ShownArtifact {
  readonly publisher: string;
  readonly ecosystem: Ecosystem;
  readonly registry: string;
  /** The address that clients install from, if it is another one. */
  readonly readFrom?: string;
  /** The text from `formatCoordinate`. */
  readonly coordinate: string;
  /** The version that clients resolve it to, if it differs. */
  readonly resolved?: string;
  /**
   * `same-source` and `identical`: built from this commit. `absent`: not published. `conflict`:
   * there, but built from another commit, or not what the rest of its release is. `unknown`: the registry did not answer, or we wrote the
   * artifact and could not read it back.
   */
  readonly state: FindingState;
  /** The source SHA that the registry's artifact names. */
  readonly sha?: string;
  readonly digest?: string;
  /** What the registry tells everybody who installs it. */
  readonly deprecated?: string;
}

export type ProblemReport = Omit<Problem, 'cause'> & { readonly publisher?: string };

/** A proof for printing; why it does not hold is among the problems. `isNew`: this run made it, after the upload. */
export type ProofReport = Pick<
  KnownProof,
  'kind' | 'state' | 'signer' | 'sha' | 'runSha' | 'isNew'
>;

export function shownProof({ isNew, kind, runSha, sha, signer, state }: KnownProof): ProofReport {
  return {
    kind,
    state,
    ...(signer === undefined ? {} : { signer }),
    ...(sha === undefined ? {} : { sha }),
    ...(runSha === undefined ? {} : { runSha }),
    ...(isNew === undefined ? {} : { isNew }),
  };
}

/** A problem for printing, without its cause, which may contain anything. */
export function problemReport(
  { cause: _cause, ...problem }: Problem,
  publisher?: string,
): ProblemReport {
  return publisher === undefined ? problem : { ...problem, publisher };
}

/** Returns what an artifact carries; nothing if nobody has asked, or the definition asks for none. */
export function shownProofs(
  run: PublisherRun,
  coordinate: Coordinate,
): { readonly proofs?: readonly ProofReport[] } {
  const proofs = proofsOf(run, coordinate).map(shownProof);
  return proofs.length === 0 ? {} : { proofs };
}

/** One key for all names of one thing: those of several builds, and those that clients resolve to each other. */
export function distinctName({
  coordinate,
  publisher,
  registry,
  resolved,
}: Pick<ShownArtifact, 'coordinate' | 'publisher' | 'registry' | 'resolved'>): string {
  return `${registry} ${resolved === undefined ? coordinate : `${publisher}@${resolved}`}`;
}

/** Returns a finding as a flat object. */
export function shownArtifact(
  { id, plan }: Pick<PublisherRun, 'id' | 'plan'>,
  { coordinate, resolved, state, sha, digest, deprecated }: Finding,
): ShownArtifact {
  return {
    publisher: id,
    ecosystem: coordinate.ecosystem,
    registry: plan.registry,
    ...(plan.readFrom === undefined ? {} : { readFrom: plan.readFrom }),
    coordinate: formatCoordinate(coordinate),
    ...(resolved === undefined ? {} : { resolved }),
    state,
    ...(sha === undefined ? {} : { sha }),
    ...(digest === undefined ? {} : { digest }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}
