import type { PackageFacts, ReleasedFacts } from '../facts.ts';
import type { Rule } from '../finding.ts';
import { PYTHON_PLACEHOLDER } from './python-placeholder.ts';
import { VERSION_FILE } from './version-file.ts';

/** Asked where the definition is read, before all others. */
export const DEFINITION_LOADS: Omit<Rule<unknown>, 'find'> = {
  name: 'definition-loads',
  title: 'The release definition can be loaded.',
  why: 'Without it nothing can be published, and nobody can say what this repository publishes.',
};

/** The rules that need a release definition. */
export const RELEASE_RULES: readonly Rule<ReleasedFacts>[] = [VERSION_FILE, PYTHON_PLACEHOLDER];

/** The rules that can be asked of any repository. */
export const REPOSITORY_RULES: readonly Rule<PackageFacts>[] = [];

/** What people read about the rules, in the order of the documentation. */
export const RULES: readonly Omit<Rule<unknown>, 'find'>[] = [
  DEFINITION_LOADS,
  ...RELEASE_RULES,
  ...REPOSITORY_RULES,
];

export function ruleNames(): readonly string[] {
  return RULES.map(({ name }) => name);
}
