import { type Problem, problem, type Step } from '@ameide/versioning-core';
import { checkToken } from './check.ts';
import { NPMJS, type Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { noToken } from './problems.ts';

/** Checks that the registry unpublishes by npm's protocol, and that there is a token. Only reads. */
export async function checkRemoval(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const reason = whyRefused(target);
  if (reason !== undefined) return [refused(plan, reason)];
  if (target.token() === undefined) return [noToken(target, plan)];
  const found = await checkToken(target, plan, step);
  return found === undefined ? [] : [found];
}

/** Returns why a registry does not unpublish old versions, if that is known. */
function whyRefused({ registry }: Target): string | undefined {
  if (registry.url === NPMJS)
    return 'npmjs unpublishes a version only within 72 hours, or if no package depends on it and it has few downloads, and its number can never be used again';
  if (/^npm\.(?:pkg\.github|[^.]+\.ghe)\.com$/.test(new URL(registry.origin).hostname))
    return 'GitHub Packages does not support npm unpublish: it deletes versions only with its own API and web pages';
  return undefined;
}

function refused({ name, registry }: NpmPlan, reason: string): Problem {
  return problem({
    code: 'npm-removal-refused',
    kind: 'incomplete',
    message: `Old dev builds of npm:${name} cannot be removed from ${registry}: ${reason}.`,
    hint: 'Run prune with --only and the ids of the other artifacts. To warn about a dev build that should not be installed, use ameide-release deprecate.',
    rerun: 'after-fix',
  });
}
