import { IDENTITY_HINT, type Problem, problem } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';

/** Reports, offline, that nobody is named who may sign the attestations. */
export function attestationFlaws({ publisher, signing }: PypiPlan): readonly Problem[] {
  if (signing === undefined || signing.identity !== undefined) return [];
  return [
    problem({
      code: 'pypi-attestations-identity',
      kind: 'input',
      message: `The attestations of ${publisher} need a definition with \`identity\`: whose attestations are accepted.`,
      hint: IDENTITY_HINT,
      field: 'identity',
    }),
  ];
}
