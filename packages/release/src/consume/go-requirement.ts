import { compareGoVersions } from '@ameide/versioning-core/go';
import type { Decision, DecisionContext } from './decision.ts';

/** What a requirement on a Go module becomes. */
export function goRequirement(
  requirement: string,
  field: string,
  { artifact, isNamed }: DecisionContext,
): Decision {
  if (field === 'replace') return { kept: 'it says what replaces the module' };
  if (!isNamed && compareGoVersions(requirement, artifact.version) > 0)
    return { kept: `${requirement} is newer; to go back, use --version or --sha` };
  return { to: artifact.version };
}
