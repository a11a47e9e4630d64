import { type IdentitySigner, planSigner } from '@ameide/publisher-kit/sigstore';
import type { Signing } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';
import type { PypiSettings } from '../settings.ts';

/** Throws for a plan that `validate` refuses. */
export function signerOf(
  settings: PypiSettings,
  { signing }: Pick<PypiPlan, 'signing'>,
): IdentitySigner {
  return planSigner(
    signing && withoutTimestamps(signing),
    'whose attestations are accepted',
    settings,
  );
}

/** PEP 740 has no place for a timestamp: the log's own time counts. */
function withoutTimestamps({ sigstore, ...signing }: Signing): Signing {
  const { timestamps: _, ...services } = sigstore;
  return { ...signing, sigstore: services };
}
