import { compare, valid } from '@renovatebot/pep440';
import type { Decision, DecisionContext } from './decision.ts';

const POETRY = /^tool\.poetry\./;

/** What a dependency on a Python package becomes: exactly this version, in the words of the tool. */
export function pythonRequirement(
  requirement: string,
  field: string,
  { artifact, isNamed }: DecisionContext,
): Decision {
  if (field === 'tool.uv.sources') return { kept: 'it says where the package comes from' };
  if (requirement.startsWith('@')) return { kept: 'it is taken from a URL' };
  if (requirement.startsWith('{') || /^[\w"'-]+\s*=\s/.test(requirement))
    return { kept: 'it is taken from a folder, a URL or a git repository' };
  const [, fixed] = /^\s*(?:={2,3}|>=|~=|\^|~)?\s*([\w.!+-]+)\s*$/.exec(requirement) ?? [];
  if (
    !isNamed &&
    fixed !== undefined &&
    valid(fixed) !== null &&
    compare(fixed, artifact.version) > 0
  )
    return { kept: `${requirement} is newer; to go back, use --version or --sha` };
  return { to: `${POETRY.test(field) ? '' : '=='}${artifact.version}` };
}
