import type { Dependency } from '@ameide/source-files/dependencies';
import type { Decision, DecisionContext } from './decision.ts';
import { goRequirement } from './go-requirement.ts';
import { imageRequirement } from './image-requirement.ts';
import { npmRequirement } from './npm-requirement.ts';
import { pythonRequirement } from './python-requirement.ts';

/** Decides what a place that asks for a released artifact gets. Pure. */
export function decide(
  { ecosystem, field, requirement }: Dependency,
  context: DecisionContext,
): Decision {
  if (ecosystem === 'npm') return npmRequirement(requirement, field, context);
  if (ecosystem === 'pypi') return pythonRequirement(requirement, field, context);
  if (ecosystem === 'go') return goRequirement(requirement, field, context);
  return imageRequirement(requirement, context);
}
