import type { Decision, DecisionContext } from './decision.ts';
import { reasonNotToLower } from './lowest.ts';

/** What a requirement on a Go module becomes. */
export function goRequirement(
  requirement: string,
  field: string,
  { artifact, isNamed }: DecisionContext,
): Decision {
  if (field === 'replace') return { kept: 'it says what replaces the module' };
  // Go takes at least this version.
  const lowest = { version: requirement };
  const kept = reasonNotToLower(requirement, lowest, { release: artifact, isNamed });
  return kept === undefined ? { to: artifact.version } : { kept };
}
