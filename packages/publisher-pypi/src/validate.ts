import { validateContent } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import type { PypiPlan } from './plan.ts';
import type { PypiSettings } from './settings.ts';

/**
 * What the commit decides beside pyproject.toml. Which files a build backend takes is known only
 * after the build, but a file without its content is wrong in whichever archive it ends up.
 */
export async function validatePypi(
  plan: PypiPlan,
  { allow, directory }: PypiSettings,
  { source }: Step,
): Promise<readonly Problem[]> {
  return validateContent(source, plan.publisher, directory, allow);
}
