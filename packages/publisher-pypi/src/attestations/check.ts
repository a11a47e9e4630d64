import { formatCoordinate, type Problem, problem, type Step } from '@ameide/versioning-core';
import { isPublicPypi } from '../index-address.ts';
import { expectedOf, inspectVersion } from '../inspect.ts';
import type { PypiPlan } from '../plan.ts';
import type { PypiSettings } from '../settings.ts';
import { createIndexReader } from '../simple-api/index-reader.ts';
import { signerOf } from './signer.ts';

/**
 * Checks that this job can make attestations that the index takes. Nothing is needed if every file is published already:
 * attestations come only with the upload. Signs nothing.
 */
export async function checkSigner(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Problem[]> {
  const [coordinate] = plan.coordinates;
  // `validate` has refused a definition without `identity`.
  if (coordinate === undefined || plan.signing?.identity === undefined) return [];
  const reader = createIndexReader(settings, step.signal);
  const { files = [], state } = await inspectVersion(reader, coordinate, expectedOf(plan));
  const isMissing = state === 'absent' || files.some((file) => file.state === 'absent');
  if (!isMissing || state === 'conflict' || state === 'unknown') return [];
  if (isPublicPypi(settings.uploadUrl) && settings.trust() === undefined)
    return [needsTrust(formatCoordinate(coordinate))];
  const problem = await signerOf(settings, plan).check(step.signal);
  return problem === undefined ? [] : [problem];
}

/** Warehouse: "Attestations are only supported when using Trusted Publishing". */
function needsTrust(coordinate: string): Problem {
  return problem({
    code: 'pypi-attestations-need-trust',
    kind: 'authentication',
    message: `PyPI takes the attestations of ${coordinate} only from a trusted publisher, never with a stored token.`,
    hint: 'Make this workflow a trusted publisher of the project and leave the token out (PYPI_TOKEN, UV_PUBLISH_TOKEN, TWINE_PASSWORD); or set attestations to false.',
    coordinate,
  });
}
