import { type IdentitySigner, identitySigner } from '@ameide/publisher-kit/sigstore';
import { InvalidInputError } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';
import type { PypiSettings } from '../settings.ts';

/** Throws for a plan that `validate` refuses. */
export function signerOf(
  { env, exchanged, http }: PypiSettings,
  { signing }: Pick<PypiPlan, 'signing'>,
): IdentitySigner {
  const identity = signing?.identity;
  if (signing === undefined || identity === undefined)
    throw new InvalidInputError({
      field: 'identity',
      expected: 'whose attestations are accepted',
      hint: "Add it to the release definition: identity: { repository: 'https://github.com/ameideio/ameide', workflow: '.github/workflows/publish.yml' }.",
    });
  // PEP 740 has no place for a timestamp: the log's own time counts.
  const { timestamps: _, ...sigstore } = signing.sigstore;
  const remember = exchanged.push.bind(exchanged);
  return identitySigner({ identity, sigstore }, { env, http, remember });
}
