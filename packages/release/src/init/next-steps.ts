import { shellWords } from '../report/shell-word.ts';
import type { AboveBase } from './above-base.ts';
import type { Choices } from './choices.ts';
import type { DefinitionData } from './definition-data.ts';
import { definitionFile } from './definition-file.ts';
import type { RepositoryFacts } from './facts.ts';
import { addCommand } from './javascript.ts';
import { otherWorkflows } from './other-workflows.ts';
import { tagSource } from './version-sources.ts';
import { isPlaceholder, neededPackages, PUBLISHER_FOLDER } from './workflow/beside.ts';
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
  const wanted = missing.map((name) =>
    isPlaceholder(ownVersion) ? name : `${name}@${ownVersion}`,
  );
  return [
    ...(javascript === undefined || wanted.length === 0 ? [] : [addCommand(javascript, wanted)]),
    ...(workflow && form === 'data'
      ? [['npm', 'install', '--package-lock-only', '--prefix', PUBLISHER_FOLDER] as const]
      : []),
  ];
}

interface NextQuestion {
  /** Commands that install the tool. */
  readonly commands: readonly Argv[];
  readonly facts: RepositoryFacts;
  readonly choices: Choices;
  readonly data: DefinitionData;
  readonly hasAbove: AboveBase['has'];
}

/** What is left to do, for people. */
export async function nextSteps(question: NextQuestion): Promise<readonly string[]> {
  const { choices, commands, data, facts } = question;
  return [
    ...commands.map((argv) => shellWords(argv)),
    ...firstRelease(question),
    ...(await otherWorkflows(facts, choices)),
    'commit the new files, then ameide-release doctor and ameide-release plan',
    ...secretSteps(choices, data),
  ];
}

/** A first release below published versions is refused after its tag is pushed, unless somebody decides before. */
function firstRelease({ choices, data, facts, hasAbove }: NextQuestion): readonly string[] {
  const { base } = tagSource(facts.tags, data.tagPrefix);
  if (hasAbove === false || base !== undefined) return [];
  const when =
    hasAbove === 'unknown'
      ? 'if the registries have higher versions already, decide'
      : 'the registries have higher versions, so decide';
  return [
    `${when} before the first release: raise the base, or set earlierVersions: 'reset' in ${definitionFile(facts, choices.form)} and run ameide-release migrate after the release`,
  ];
}

function secretSteps({ environments, workflow }: Choices, data: DefinitionData): readonly string[] {
  const needs = publishingNeeds(data);
  const secrets = secretsOf(needs).join(', ');
  if (secrets === '') return [];
  if (!workflow) return [`where you publish, set the variables ${secrets}`];
  const where = environments ? ' in the environments dev, candidate and release' : '';
  const trusting = [...(needs.npm ? ['npm'] : []), ...(needs.pypi ? ['PyPI'] : [])].join(' and ');
  const instead =
    trusting === '' ? '' : `; or add the workflow to ${trusting} as a trusted publisher`;
  return [`on GitHub, set the secrets ${secrets}${where}${instead}`];
}
