import { attestProvenance, sourceCommitOf } from '@ameide/publisher-kit/sigstore';
import type { Result, Step } from '@ameide/versioning-core';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { signerOf } from './signer.ts';
import { packageUrl, statementDigest } from './subject.ts';

/**
 * Makes the provenance of a tarball, with the statement that `npm publish --provenance` makes in a job of GitHub
 * Actions (libnpmpublish, `lib/provenance.js`). `integrity` is `sha512-…`. Returns a Sigstore bundle as JSON.
 */
export async function attestPackage(
  target: Target,
  plan: NpmPlan,
  integrity: string,
  step: Step,
): Promise<Result<Uint8Array>> {
  step.emit({ publisher: plan.publisher, message: 'signing its provenance' });
  const attested = {
    digest: statementDigest(integrity),
    name: packageUrl(plan),
    from: sourceCommitOf(plan),
  };
  return attestProvenance(signerOf(target, plan), attested, target.env, step.signal);
}
