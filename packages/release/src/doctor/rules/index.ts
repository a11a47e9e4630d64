import type { PackageFacts, ReleasedFacts } from '../facts.ts';
import type { Rule } from '../finding.ts';
import { workflowRules } from '../workflows/index.ts';
import { CONSUMER_PINS } from './consumer-pins.ts';
import { GO_MODULE_MAJOR } from './go-module-major.ts';
import { GO_OWN_IMPORTS } from './go-own-imports.ts';
import { IMAGE_LABEL_LITERAL } from './image-label-literal.ts';
import { LOCKFILE_IN_STEP } from './lockfile-in-step.ts';
import { LOCKFILE_OF_ONE_TOOL } from './lockfile-of-one-tool.ts';
import { LOCKFILE_PRESENT } from './lockfile-present.ts';
import { NOT_PUBLISHED } from './not-published.ts';
import { OTHER_PUBLISHER } from './other-publisher.ts';
import { PRIVATE_PUBLISHED } from './private-published.ts';
import { PRODUCTION_IMAGES } from './production-images.ts';
import { PUBLISH_REGISTRY } from './publish-registry.ts';
import { PUBLISHED_DIRECTORY } from './published-directory.ts';
import { PYTHON_PLACEHOLDER } from './python-placeholder.ts';
import { PYTHON_VERSION_REPEATED } from './python-version-repeated.ts';
import { SIBLING_RANGE } from './sibling-range.ts';
import { TOKEN_IN_FILE } from './token-in-file.ts';
import { UNPUBLISHED_DEPENDENCY } from './unpublished-dependency.ts';
import { VERSION_FILE } from './version-file.ts';
import { VERSION_FILES_DIFFER } from './version-files-differ.ts';

/** Checked when the definition is loaded, before all others. */
export const DEFINITION_LOADS: Omit<Rule<unknown>, 'find'> = {
  name: 'definition-loads',
  title: 'The release definition can be loaded.',
  why: 'Without it nothing can be published, and nobody can say what this repository publishes.',
};

/** The rules that need a release definition. */
export const RELEASE_RULES: readonly Rule<ReleasedFacts>[] = [
  PUBLISHED_DIRECTORY,
  NOT_PUBLISHED,
  VERSION_FILE,
  VERSION_FILES_DIFFER,
  PYTHON_PLACEHOLDER,
  PYTHON_VERSION_REPEATED,
  GO_MODULE_MAJOR,
  GO_OWN_IMPORTS,
  UNPUBLISHED_DEPENDENCY,
  SIBLING_RANGE,
  PRIVATE_PUBLISHED,
  PUBLISH_REGISTRY,
  OTHER_PUBLISHER,
  CONSUMER_PINS,
  PRODUCTION_IMAGES,
  IMAGE_LABEL_LITERAL,
];

/** The rules for any repository. */
export const REPOSITORY_RULES: readonly Rule<PackageFacts>[] = [
  LOCKFILE_PRESENT,
  LOCKFILE_OF_ONE_TOOL,
  LOCKFILE_IN_STEP,
  TOKEN_IN_FILE,
];

/** What people read about the rules, in the order of the documentation. */
export const RULES: readonly Omit<Rule<unknown>, 'find'>[] = [
  DEFINITION_LOADS,
  ...RELEASE_RULES,
  ...REPOSITORY_RULES,
  ...workflowRules,
];

export function ruleNames(): readonly string[] {
  return RULES.map(({ name }) => name);
}
