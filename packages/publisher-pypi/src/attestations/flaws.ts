import { needsIdentity } from '@ameide/publisher-kit/identity';
import { type Problem, problem } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';

/** Reports, offline, that nobody is named who may sign the attestations, and a log that they cannot be in. */
export function attestationFlaws({ publisher, signing }: PypiPlan): readonly Problem[] {
  if (signing === undefined) return [];
  if (signing.sigstore.rekorVersion === 2) return [undatedLog(publisher)];
  if (signing.identity !== undefined) return [];
  return [
    needsIdentity({
      code: 'pypi-attestations-identity',
      proof: 'attestations',
      of: publisher,
    }),
  ];
}

/** PEP 740 has no place for a timestamp, and version 2 of the log gives no time. */
function undatedLog(publisher: string): Problem {
  return problem({
    code: 'pypi-attestations-log',
    kind: 'input',
    message: `The attestations of ${publisher} cannot be in version 2 of the transparency log: they would have no time (PEP 740).`,
    hint: 'Leave out sigstore.rekorVersion, with a log of version 1 in sigstore.rekor; or set attestations to false.',
    field: 'sigstore.rekorVersion',
  });
}
