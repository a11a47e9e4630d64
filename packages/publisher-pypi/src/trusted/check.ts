import { type Identity, providerName } from '@ameide/publisher-kit/identity';
import type { Problem, Step } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';
import type { PypiSettings } from '../settings.ts';
import { readAudience } from './audience.ts';

/**
 * Checks that the index offers trusted publishing, and that this job has an identity token for it. Mints no token: that
 * would make the project of a pending publisher, and use up the identity token of a CI that gives one for the whole job.
 */
export async function checkTrusted(
  settings: PypiSettings,
  identity: Identity,
  plan: PypiPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return [];
  const message = `${plan.publisher} is published to ${plan.registry} without a stored token: this ${providerName(identity.provider)} job proves its identity (trusted publishing). Only the upload shows whether the project trusts this job.`;
  step.emit({ publisher: plan.publisher, message, isNote: true });
  const audience = await readAudience(settings, coordinate, step.signal);
  if (audience.value === undefined) return audience.problems;
  const token = await identity.token(audience.value, step.signal);
  if (token.value === undefined) return token.problems;
  settings.exchanged.push(token.value);
  return [];
}
