import { createPace } from '@ameide/publisher-kit';
import { providerName } from '@ameide/publisher-kit/identity';
import type { Problem, Step } from '@ameide/versioning-core';
import { inspectVersion } from '../inspect.ts';
import type { Target, Trust } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { exchangeToken } from './exchange.ts';
import { chooseUploadTag, findUnmovedTags } from './upload-tag.ts';

/**
 * Checks, before anything is sent, all that trusted publishing cannot do: make a new package, move several dist-tags, or
 * one of a version that is there. If the version is absent, it exchanges the identity of the job for a token and drops
 * the token, as only that shows whether the package trusts this workflow.
 */
export async function checkTrusted(
  target: Target,
  trust: Trust,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  step.emit({ publisher: plan.publisher, message: noteOnTrust(trust, plan), isNote: true });
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) return [];
  const found = await inspectVersion(target, coordinate, { sha: plan.sha }, step.signal);
  if (found.state === 'identical' || found.state === 'same-source')
    return findUnmovedTags(target, plan, step);
  // The reading of the registry reports a conflict, and an answer that is missing.
  if (found.state !== 'absent') return [];
  const chosen = await chooseUploadTag(target, plan, step);
  // A package that is not there can trust nobody.
  if (chosen.value === undefined) return chosen.problems;
  const pace = createPace(step.signal, { sleep: target.sleep });
  return (await exchangeToken(target, trust, plan, pace)).problems ?? [];
}

function noteOnTrust({ identity }: Trust, { pointers, publisher, registry }: NpmPlan): string {
  const tags = pointers.map(({ pointer }) => pointer).join(' and ');
  const moved =
    pointers.length === 0
      ? ''
      : `, and the upload itself moves the dist-tag ${tags}, also with --hold-pointers`;
  return `${publisher} is published to ${registry} without a stored token: this ${providerName(identity.provider)} job proves its identity (trusted publishing). The version is visible at once, so it comes after everything that is not${moved}.`;
}
