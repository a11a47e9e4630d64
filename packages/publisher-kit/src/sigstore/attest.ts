import { failed, ok, type Result } from '@ameide/versioning-core';
import { classifyProof } from './classify-proof.ts';
import type { IdentitySigner } from './identity-signer.ts';
import { sigstoreProblem } from './problems.ts';
import { provenanceOf, SLSA_PROVENANCE, type SourceCommit } from './provenance.ts';
import { statementOf } from './statement.ts';
import type { BundleSubject } from './verify-bundle.ts';

/** What a provenance is about, and what it says. */
export interface Attested extends Required<BundleSubject> {
  readonly from: SourceCommit;
}

/**
 * Makes a SLSA provenance v1 and verifies it as everybody else will, before it is sent: a registry may
 * keep it for ever. Returns a Sigstore bundle as JSON.
 */
export async function attestProvenance(
  by: IdentitySigner,
  { from, ...about }: Attested,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Result<Uint8Array>> {
  const trusted = await by.trusted();
  if (trusted.value === undefined) return trusted;
  const signer = by.signer();
  if (signer.value === undefined) return signer;
  const statement = statementOf(about.digest, {
    name: about.name,
    predicateType: SLSA_PROVENANCE,
    predicate: provenanceOf(from, env),
  });
  const bundle = await signer.value.sign(statement, signal);
  if (bundle.value === undefined) return bundle;
  const question = { ...about, from, trusted: trusted.value };
  const { reason = 'it is no provenance', state } = classifyProof(
    'provenance',
    [bundle.value],
    question,
  );
  if (state === 'proven') return ok(bundle.value);
  return failed(
    sigstoreProblem(
      'not-accepted',
      `The provenance that this run made for ${about.name} would not be accepted: ${reason}. It was not sent.`,
      {
        hint: 'The signer must be the one that `identity` in the release definition names, and the trusted root must be of the same Sigstore.',
        rerun: 'after-fix',
        reason,
      },
    ),
  );
}
