import type { Decision, DecisionContext } from './decision.ts';
import { reasonNotToLower } from './lowest.ts';
import { lowestPython } from './lowest-python.ts';

const POETRY = /^tool\.poetry\./;

/** What a dependency on a Python package becomes: exactly this version, in the words of the tool. */
export function pythonRequirement(
  requirement: string,
  field: string,
  { artifact, isNamed }: DecisionContext,
): Decision {
  if (field === 'tool.uv.sources') return { kept: 'it says where the package comes from' };
  if (/^@\s*(?:[./\\]|file:)/.test(requirement))
    return { kept: 'it is taken from a folder or file' };
  if (requirement.startsWith('@')) return { kept: 'it is taken from a URL' };
  if (requirement.startsWith('{') || /^[\w"'-]+\s*=\s/.test(requirement))
    return { kept: 'it is taken from a folder, a URL or a git repository' };
  const lowest = lowestPython(requirement);
  const kept = reasonNotToLower(requirement, lowest, { release: artifact, isNamed });
  if (kept !== undefined) return { kept };
  return { to: `${POETRY.test(field) ? '' : '=='}${artifact.version}` };
}
