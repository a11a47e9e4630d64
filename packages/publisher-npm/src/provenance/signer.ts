import { type IdentitySigner, identitySigner } from '@ameide/publisher-kit/sigstore';
import { InvalidInputError } from '@ameide/versioning-core';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';

/** Throws for a plan that `validate` refuses. */
export function signerOf(
  { env, exchanged, http }: Target,
  { signing }: Pick<NpmPlan, 'signing'>,
): IdentitySigner {
  const identity = signing?.identity;
  if (signing === undefined || identity === undefined)
    throw new InvalidInputError({
      field: 'identity',
      expected: 'whose provenance is accepted',
      hint: "Add it to the release definition: identity: { repository: 'https://github.com/ameideio/ameide', workflow: '.github/workflows/publish.yml' }.",
    });
  const remember = exchanged.push.bind(exchanged);
  return identitySigner({ identity, sigstore: signing.sigstore }, { env, http, remember });
}
