import { createPace } from '@ameide/publisher-kit';
import { providerName } from '@ameide/publisher-kit/identity';
import type { Problem, Step } from '@ameide/versioning-core';
import { inspectVersion } from '../inspect.ts';
import type { Target, Trust } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { exchangeToken } from './exchange.ts';
import { chooseUploadTag, findUnmovedTags } from './upload-tag.ts';

/**
 * Checks, before anything is sent, that the plan needs nothing that trusted publishing cannot do: make a new package,
 * move several dist-tags, or move one to a version that is published already. If the version is absent, exchanges the
 * identity of the job for a token and drops the token: only that shows whether the package trusts this workflow.
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
  // The engine reports a conflict, and a registry that does not answer.
  if (found.state !== 'absent') return [];
  const chosen = await chooseUploadTag(target, plan, step);
  // A package that does not exist trusts nobody yet.
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
  return `${publisher} is published to ${registry} without a stored token: this ${providerName(identity.provider)} job proves its identity (trusted publishing). The version is visible as soon as it is uploaded, so it is published after everything that is not${moved}.`;
}
