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

/** Returns why a registry keeps versions, if that is known. */
function whyRefused({ registry }: Target): string | undefined {
  if (registry.url === NPMJS)
    return 'npmjs unpublishes a version only within 72 hours, or if nothing depends on the package and few download it, and never lets anybody use its number again';
  if (/^npm\.(?:pkg\.github|[^.]+\.ghe)\.com$/.test(new URL(registry.origin).hostname))
    return "GitHub Packages does not unpublish by npm's protocol: it has its own API and page for that";
  return undefined;
}

function refused({ name, registry }: NpmPlan, reason: string): Problem {
  return problem({
    code: 'npm-removal-refused',
    kind: 'incomplete',
    message: `Old dev builds of npm:${name} cannot be removed from ${registry}: ${reason}.`,
    hint: 'Leave it out: prune --only with the other artifacts. Deprecate a dev build that nobody should install: ameide-release deprecate.',
    rerun: 'after-fix',
  });
}
