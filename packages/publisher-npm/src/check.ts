import { httpProblem } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { createClient, jsonObject } from './registry/client.ts';

/** The credential and the build tool, before anything is built. Reads only. */
export async function checkTarget(target: Target, plan: NpmPlan, program: string | undefined, step: Step): Promise<readonly Problem[]> {
  const found = await Promise.all([
    target.token() === undefined ? noToken(plan) : checkToken(target, plan, step),
    program === undefined ? undefined : checkProgram(target, plan, program),
  ]);
  return found.filter((problem) => problem !== undefined);
}

const TOKEN_FROM = 'NPM_TOKEN or the option token';

export function noToken(plan: NpmPlan): Problem {
  return {
    code: 'npm-no-token',
    message: `There is no token for ${plan.registry}, which ${plan.publisher} is published to.`,
    hint: 'Set NPM_TOKEN (or NODE_AUTH_TOKEN) in the environment, or the option token.',
    kind: 'authentication',
    effect: 'none',
    rerun: 'after-fix',
  };
}

async function checkToken(target: Target, plan: NpmPlan, step: Step): Promise<Problem | undefined> {
  const what = `check the token of ${plan.publisher} at ${plan.registry}`;
  try {
    const response = await createClient(target, step.signal).whoami();
    // Not every registry has this endpoint; the upload itself will tell.
    if (response.status === 404 || response.status === 405) return undefined;
    if (response.status !== 200) return httpProblem({ code: 'npm', what, response, tokenFrom: TOKEN_FROM, effect: 'none' });
    const username = jsonObject(response)?.['username'];
    // verdaccio answers 200 without a name for a token it does not know.
    return typeof username === 'string' && username !== ''
      ? undefined
      : httpProblem({ code: 'npm', what, response: { status: 401 }, tokenFrom: TOKEN_FROM, effect: 'none' });
  } catch (error) {
    step.signal.throwIfAborted();
    return httpProblem({ code: 'npm', what, error, effect: 'none' });
  }
}

async function checkProgram(target: Target, plan: NpmPlan, program: string): Promise<Problem | undefined> {
  if (program.includes('/') || (await target.processes.which(program)) !== undefined) return undefined;
  return {
    code: 'npm-no-build-tool',
    message: `The program ${program}, which builds ${plan.publisher}, is not on PATH.`,
    hint: 'Install it, or correct the option build.',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
  };
}
