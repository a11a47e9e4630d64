import { createPace, type Secret } from '@ameide/publisher-kit';
import { failed, ok, type Result, type Step } from '@ameide/versioning-core';
import { type Target, UPLOAD_TAG } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { noToken } from './problems.ts';
import { exchangeToken } from './trusted/exchange.ts';
import { chooseUploadTag } from './trusted/upload-tag.ts';

/** What a version is uploaded with. */
export interface UploadCredential {
  readonly token: Secret;
  readonly tag: string;
}

/**
 * Returns the token, and the dist-tag that the upload may set: `incoming` with a token that can move the others later,
 * else the one that the version is meant for.
 */
export async function getCredential(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<Result<UploadCredential>> {
  const token = target.token();
  if (token !== undefined) return ok({ token, tag: UPLOAD_TAG });
  const trust = target.trust();
  if (trust === undefined) return failed(noToken(target, plan));
  const pace = createPace(step.signal, { sleep: target.sleep });
  const exchanged = await exchangeToken(target, trust, plan, pace);
  if (exchanged.value === undefined) return exchanged;
  // Read last, so that as little time as possible passes before the upload.
  const chosen = await chooseUploadTag(target, plan, step);
  if (chosen.value === undefined) return chosen;
  trust.uploads.set(plan.version, chosen.value);
  return ok({ token: exchanged.value, tag: chosen.value.tag });
}
