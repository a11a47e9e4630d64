import { type IdentitySigner, planSigner } from '@ameide/publisher-kit/sigstore';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';

/** Throws for a plan that `validate` refuses. */
export function signerOf(target: Target, { signing }: Pick<NpmPlan, 'signing'>): IdentitySigner {
  return planSigner(signing, 'whose provenance is accepted', target);
}
