import type { Proof, ProofKind } from '@ameide/versioning-core';
import { SLSA_PROVENANCE, type SourceCommit, sourceCommitsIn } from './provenance.ts';
import { readBundle } from './read-bundle.ts';
import { SBOM_TYPES } from './sbom.ts';
import { shownList } from './shown-list.ts';
import { COSIGN_SIGN, type Statement } from './statement.ts';
import {
  type BundleSubject,
  type BundleVerdict,
  type Trusted,
  verifyReadBundle,
} from './verify-bundle.ts';

/** What a valid proof must be about, and whose proofs count. */
export interface ProofQuestion extends BundleSubject {
  /** The commit that a provenance must name. */
  readonly from: SourceCommit;
  readonly trusted: Trusted;
}

/** Whether a proof of one kind is valid, and if not, why. */
export type ClassifiedProof = Pick<Proof, 'signer' | 'sha' | 'runSha'> & {
  readonly state: Exclude<Proof['state'], 'unknown'>;
  /** Present when `wrong`. */
  readonly reason?: string;
};

/** The kinds by predicate type. */
const KINDS: ReadonlyMap<string, ProofKind> = new Map<string, ProofKind>([
  [COSIGN_SIGN, 'signature'],
  [SLSA_PROVENANCE, 'provenance'],
  ...Object.values(SBOM_TYPES).map((type) => [type, 'sbom'] as const),
]);

/** A bundle that claims to be one of the kinds of proof. */
export interface ClassifiedBundle {
  /** What it claims to be. */
  readonly kind: ProofKind;
  readonly proof: ClassifiedProof;
}

/**
 * Reads a bundle and verifies it against the question about its kind. Returns undefined if the bundle is malformed or of
 * no kind, and if `questionOf` has no question about its kind.
 */
export function classifyBundle(
  bytes: Uint8Array,
  questionOf: (kind: ProofKind) => ProofQuestion | undefined,
): ClassifiedBundle | undefined {
  const read = readBundle(bytes);
  const kind = KINDS.get(read?.statement.predicateType ?? '');
  const question = kind === undefined ? undefined : questionOf(kind);
  if (read === undefined || kind === undefined || question === undefined) return undefined;
  const { digest, from, name, trusted } = question;
  return { kind, proof: classifyOne(verifyReadBundle(read, digest, trusted, name), from) };
}

/**
 * Looks for a proof of one kind among bundles, whoever made them. One valid bundle is enough: anybody
 * who may write to a registry can attach others.
 */
export function classifyProof(
  kind: ProofKind,
  bundles: readonly Uint8Array[],
  question: ProofQuestion,
): ClassifiedProof {
  const proofs = bundles.flatMap((bytes) => {
    const classified = classifyBundle(bytes, (one) => (one === kind ? question : undefined));
    return classified === undefined ? [] : [classified.proof];
  });
  return proofs.find(({ state }) => state === 'proven') ?? proofs[0] ?? { state: 'missing' };
}

function classifyOne(verdict: BundleVerdict, from: SourceCommit): ClassifiedProof {
  if (verdict.value === undefined) return { state: 'wrong', reason: verdict.reason };
  const { certificate, signer, statement } = verdict.value;
  if (statement.predicateType !== SLSA_PROVENANCE) return { state: 'proven', signer };
  const reason = sourceFault(statement, from);
  if (reason !== undefined) return { state: 'wrong', reason };
  const runSha = certificate?.sha;
  const isOther = runSha !== undefined && runSha !== from.sha;
  return { state: 'proven', signer, sha: from.sha, ...(isOther ? { runSha } : {}) };
}

function sourceFault(statement: Statement, from: SourceCommit): string | undefined {
  const sources = sourceCommitsIn(statement);
  const repository = from.repository ?? sources.find(({ sha }) => sha === from.sha)?.repository;
  // A provenance that names two commits of one repository proves neither.
  const own = sources.filter((source) => source.repository === repository);
  if (own.length > 0 && own.every(({ sha }) => sha === from.sha)) return undefined;
  const named = sources.map(({ repository = 'a repository', sha }) => `${repository} at ${sha}`);
  return `it names ${named.length === 0 ? 'no commit' : shownList(named)}, not ${from.repository ?? 'the repository'} at ${from.sha}`;
}
