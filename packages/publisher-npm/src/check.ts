import { httpProblem, settleAll } from '@ameide/publisher-kit';
import { type Problem, problem, type Step } from '@ameide/versioning-core';
import { NPMJS, type Target } from './options.ts';
import type { Packer } from './pack/packer.ts';
import type { NpmPlan } from './plan.ts';
import { malformed, noToken, scriptsNotRun } from './problems.ts';
import { createClient, jsonObject, NOT_SERVED } from './registry/client.ts';
import { readTags } from './registry/read-tags.ts';
import { checkTrusted } from './trusted/check.ts';

/** Checks the credential, and the access of a new package. Only reads. */
export async function checkTarget(
  target: Target,
  plan: NpmPlan,
  packer: Packer,
  step: Step,
): Promise<readonly Problem[]> {
  const { skippedScripts = [] } = packer;
  if (skippedScripts.length > 0) {
    const message = `${scriptsNotRun(skippedScripts)}: do their work in the publisher's option build, or in prepare of the release definition`;
    step.emit({ publisher: plan.publisher, message });
  }
  const [unproven, refused] = await settleAll([
    plan.signing === undefined ? Promise.resolve([]) : checkProvenance(target, plan, step),
    checkCredential(target, plan, step),
  ]);
  return [...unproven, ...refused];
}

async function checkCredential(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const trust = target.trust();
  if (trust !== undefined) return checkTrusted(target, trust, plan, step);
  if (target.token() === undefined) return [noToken(target, plan)];
  const found = await settleAll([checkToken(target, plan, step), checkAccess(target, plan, step)]);
  return found.filter((one) => one !== undefined);
}

/** Loads the Sigstore libraries only here. */
async function checkProvenance(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const { checkSigner } = await import('./provenance/index.ts');
  return checkSigner(target, plan, step);
}

const TOKEN_FROM = 'NPM_TOKEN or the option token';

/** Asks for the token's user (`/-/whoami`), if the registry answers that. */
export async function checkToken(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<Problem | undefined> {
  const what = `check the token of ${plan.publisher} at ${plan.registry}`;
  try {
    const response = await createClient(target, step.signal).whoami();
    // CodeArtifact, GitLab, Gitea and Nexus do not have this page, and a token that may publish need
    // not be allowed to see it (403): the upload will show whether the token works.
    if (response.status === 403 || NOT_SERVED.has(response.status)) return undefined;
    if (response.status !== 200)
      return httpProblem({ code: 'npm', what, response, tokenFrom: TOKEN_FROM, effect: 'none' });
    const body = jsonObject(response);
    if (body === undefined) return malformed(what, 'the answer is not the name of a user');
    const { username } = body;
    // For an unknown token verdaccio answers 200 without a name.
    return typeof username === 'string' && username !== ''
      ? undefined
      : httpProblem({
          code: 'npm',
          what,
          response: { status: 401 },
          tokenFrom: TOKEN_FROM,
          effect: 'none',
        });
  } catch (error) {
    step.signal.throwIfAborted();
    return httpProblem({ code: 'npm', what, error, effect: 'none' });
  }
}

/**
 * Reports a missing `access`: npmjs makes a new scoped package private and answers 402 if the
 * account does not pay for that. By then other publishers may have published.
 */
async function checkAccess(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<Problem | undefined> {
  if (plan.access !== undefined || !plan.name.startsWith('@') || target.registry.url !== NPMJS)
    return undefined;
  const answer = await readTags(target, plan.name, step.signal);
  if (answer.value === undefined || answer.value.size > 0) return undefined;
  return problem({
    code: 'npm-access-not-chosen',
    kind: 'incomplete',
    message: `${plan.registry} does not show npm:${plan.name} to this token, and would make a new scoped package private.`,
    hint: "Set the option access (or publishConfig.access) to 'public', or to 'restricted' for a private package, which npm charges for.",
    rerun: 'after-fix',
  });
}

/** Checks that the program of the option `build` is here. */
export async function checkTools(
  { processes }: Target,
  plan: NpmPlan,
  { program }: Packer,
): Promise<readonly Problem[]> {
  // A path is checked only when the build runs, because `prepare` may create it.
  if (program === undefined || program.includes('/')) return [];
  if ((await processes.which(program)) !== undefined) return [];
  return [
    problem({
      code: 'npm-no-build-tool',
      kind: 'incomplete',
      message: `The program ${program}, which builds ${plan.publisher}, is not on PATH.`,
      hint: 'Install it, or correct the option build.',
      rerun: 'after-fix',
    }),
  ];
}
