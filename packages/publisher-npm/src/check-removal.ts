import type { Problem, Step } from '@ameide/versioning-core';
import { checkToken } from './check.ts';
import { NPMJS, type Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { needsToken } from './trusted/problems.ts';

/** Checks that there is a token. Only reads. */
export async function checkRemoval(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  if (target.token() === undefined) return [needsToken(target, plan, 'unpublish a version')];
  const found = await checkToken(target, plan, step);
  return found === undefined ? [] : [found];
}

/**
 * True for a registry that is known to keep versions. npmjs unpublishes a version only within 72 hours,
 * or if no package depends on it and it has few downloads, and its number can never be used again
 * (docs.npmjs.com/policies/unpublish). GitHub Packages deletes versions only with its own API.
 */
export function keepsVersions({ registry }: Target): boolean {
  const { hostname } = new URL(registry.origin);
  return registry.url === NPMJS || /^npm\.(?:pkg\.github|[^.]+\.ghe)\.com$/.test(hostname);
}
