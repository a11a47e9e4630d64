import type { Problem, Step } from '@ameide/versioning-core';
import { checkToken } from './check.ts';
import { NPMJS, type Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { noToken } from './problems.ts';

/** Checks that there is a token. Only reads. */
export async function checkRemoval(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  if (target.token() === undefined) return [noToken(target, plan)];
  const found = await checkToken(target, plan, step);
  return found === undefined ? [] : [found];
}

/**
 * True for a registry that is known to keep versions. npmjs unpublishes a version only within 72 hours,
 * or if nothing depends on the package and few download it, and never takes its number again
 * (docs.npmjs.com/policies/unpublish). GitHub Packages has an API of its own for that.
 */
export function keepsVersions({ registry }: Target): boolean {
  const { hostname } = new URL(registry.origin);
  return registry.url === NPMJS || /^npm\.(?:pkg\.github|[^.]+\.ghe)\.com$/.test(hostname);
}
