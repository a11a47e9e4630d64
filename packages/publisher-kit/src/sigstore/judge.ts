import type { Proof, ProofKind } from '@ameide/versioning-core';
import { type BuiltFrom, SLSA_PROVENANCE, sourcesOf } from './provenance.ts';
import { COSIGN_SIGN, type Statement } from './statement.ts';
import {
  type BundleSubject,
  type BundleVerdict,
  type Trusted,
  verifyBundle,
} from './verify-bundle.ts';

export interface Question extends BundleSubject {
  /** The commit that they must be built from. */
  readonly from: BuiltFrom;
  readonly trusted: Trusted;
}

/** What one kind of proof is worth, and why if it is not proven. */
export type Judgement = Pick<Proof, 'signer' | 'sha' | 'runSha'> & {
  readonly state: Exclude<Proof['state'], 'unknown'>;
  /** Present when `wrong`. */
  readonly reason?: string;
};

/** The predicate types of each kind. */
const TYPES: Readonly<Record<ProofKind, string>> = {
  signature: COSIGN_SIGN,
  provenance: SLSA_PROVENANCE,
};

/**
 * Looks for a proof of one kind among bundles, whoever made them. One valid bundle is enough: anybody
 * who may write to a registry can attach others.
 */
export function judge(
  kind: ProofKind,
  bundles: readonly Uint8Array[],
  { digest, from, name, trusted }: Question,
): Judgement {
  const verdicts = bundles
    .map((bytes) => verifyBundle(bytes, digest, trusted, name))
    .filter((verdict) => typeOf(verdict) === TYPES[kind])
    .map((verdict) => judgeOne(verdict, from));
  return verdicts.find(({ state }) => state === 'proven') ?? verdicts[0] ?? { state: 'missing' };
}

/** A malformed bundle is of no kind. */
function typeOf({ value, ...fault }: BundleVerdict): string | undefined {
  if (value !== undefined) return value.statement.predicateType;
  return 'predicateType' in fault ? fault.predicateType : undefined;
}

function judgeOne(verdict: BundleVerdict, from: BuiltFrom): Judgement {
  if (verdict.value === undefined) return { state: 'wrong', reason: verdict.reason };
  const { certificate, signer, statement } = verdict.value;
  if (statement.predicateType !== SLSA_PROVENANCE) return { state: 'proven', signer };
  const reason = sourceFault(statement, from);
  if (reason !== undefined) return { state: 'wrong', reason };
  const runSha = certificate?.sha;
  const isOther = runSha !== undefined && runSha !== from.sha;
  return { state: 'proven', signer, sha: from.sha, ...(isOther ? { runSha } : {}) };
}

function sourceFault(statement: Statement, from: BuiltFrom): string | undefined {
  const sources = sourcesOf(statement);
  const repository = from.repository ?? sources.find(({ sha }) => sha === from.sha)?.repository;
  // Two commits of one repository name neither.
  const own = sources.filter((source) => source.repository === repository);
  if (own.length > 0 && own.every(({ sha }) => sha === from.sha)) return undefined;
  const named = sources.map(({ repository = 'a repository', sha }) => `${repository} at ${sha}`);
  return `it names ${named.length === 0 ? 'no commit' : named.join(' and ')}, not ${from.repository ?? ''} at ${from.sha}`;
}
