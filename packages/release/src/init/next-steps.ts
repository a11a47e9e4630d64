import { shellWords } from '../report/shell-word.ts';
import type { Choices } from './choices.ts';
import type { DefinitionData } from './definition-data.ts';
import type { RepositoryFacts } from './facts.ts';
import { addCommand } from './javascript.ts';
import { neededPackages, PUBLISHER_FOLDER } from './workflow/beside.ts';
import { publishingNeeds, secretsOf } from './workflow/needs.ts';

type Argv = readonly [string, ...string[]];

/** Commands that install the tool where the definition and the workflow look for it. */
export function installCommands(
  facts: RepositoryFacts,
  { form, workflow }: Choices,
  data: DefinitionData,
  ownVersion: string,
): readonly Argv[] {
  const { javascript } = facts;
  const missing = neededPackages(data).filter(
    (name) => javascript?.root.dependencies.has(name) !== true,
  );
  const wanted = missing.map((name) => `${name}@${ownVersion}`);
  return [
    ...(javascript === undefined || wanted.length === 0 ? [] : [addCommand(javascript, wanted)]),
    ...(workflow && form === 'data'
      ? [['npm', 'install', '--package-lock-only', '--prefix', PUBLISHER_FOLDER] as const]
      : []),
  ];
}

/** What is left to do, for people. */
export function nextSteps(
  commands: readonly Argv[],
  { environments, workflow }: Choices,
  data: DefinitionData,
): readonly string[] {
  const needs = publishingNeeds(data);
  const secrets = secretsOf(needs).join(', ');
  const place = workflow ? 'on GitHub, set the secrets' : 'where you publish, set the variables';
  const where = workflow && environments ? ' in the environments dev, candidate and release' : '';
  const trusting = [...(needs.npm ? ['npm'] : []), ...(needs.pypi ? ['PyPI'] : [])].join(' and ');
  const instead =
    !workflow || trusting === ''
      ? ''
      : `; or add the workflow to ${trusting} as a trusted publisher`;
  return [
    ...commands.map((argv) => shellWords(argv)),
    'commit the new files, then ameide-release plan',
    ...(secrets === '' ? [] : [`${place} ${secrets}${where}${instead}`]),
  ];
}
