import { type Problem, problem } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';

/** Reports, offline, that nobody is named who may sign the attestations. */
export function attestationFlaws({ publisher, signing }: PypiPlan): readonly Problem[] {
  if (signing === undefined || signing.identity !== undefined) return [];
  return [
    problem({
      code: 'pypi-attestations-identity',
      kind: 'input',
      message: `The attestations of ${publisher} need a definition with \`identity\`: whose attestations are accepted.`,
      hint: "Add it to the release definition: identity: { repository: 'https://github.com/ameideio/ameide', workflow: '.github/workflows/publish.yml' }.",
      field: 'identity',
    }),
  ];
}
