import { needsIdentity } from '@ameide/publisher-kit/identity';
import type { Problem } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';

/** Reports, offline, that nobody is named who may sign the attestations. */
export function attestationFlaws({ publisher, signing }: PypiPlan): readonly Problem[] {
  if (signing === undefined || signing.identity !== undefined) return [];
  return [
    needsIdentity({
      code: 'pypi-attestations-identity',
      proof: 'attestations',
      of: publisher,
    }),
  ];
}
