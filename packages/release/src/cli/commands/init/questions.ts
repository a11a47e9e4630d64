import type { FoundPackage } from '@ameide/source-files/packages';
import { InvalidInputError, parseBase, parseOciName } from '@ameide/versioning-core';
import { mirrorFor } from '../../../init/candidates.ts';
import type { Choices, ImageChoice } from '../../../init/choices.ts';
import type { Proposal } from '../../../init/default-choices.ts';
import { definitionFile } from '../../../init/definition-file.ts';
import type { RepositoryFacts } from '../../../init/facts.ts';
import {
  NEW_VERSION_FILE,
  type VersionSource,
  versionSources,
} from '../../../init/version-sources.ts';
import type { Choice, Prompts } from '../../prompts.ts';

/** Asks what the files do not say. What the command line has decided is the first answer. */
export async function askChoices(
  { candidates, choices }: Proposal,
  facts: RepositoryFacts,
  prompts: Prompts,
): Promise<Choices> {
  const publish = await prompts.several(
    'Which packages should be published?',
    candidates.map(
      ({ doubt, found }): Choice<FoundPackage> => ({
        value: found,
        label: `${found.ecosystem}:${found.name}`,
        hint: doubt ?? (found.directory || 'the root'),
      }),
    ),
    choices.publish,
  );
  const images = await askImages(choices, facts, prompts);
  if (publish.length === 0 && images.length === 0)
    throw new InvalidInputError(
      { field: '--publish', expected: 'something to publish: nothing was chosen' },
      'nothing-to-publish',
    );
  const version = await askVersion({ ...choices, publish }, facts, prompts);
  const mirrors = await askMirrors(publish, choices, facts, prompts);
  const npmRegistry = await askRegistry(publish, choices, prompts);
  const form = facts.javascript === undefined ? 'data' : await askForm(choices, facts, prompts);
  const { workflow, environments } = await askWorkflow(choices, prompts);
  const { npmRegistry: _before, ...rest } = choices;
  return {
    ...rest,
    publish,
    images,
    version,
    mirrors,
    form,
    workflow,
    environments,
    ...(npmRegistry === undefined ? {} : { npmRegistry }),
  };
}

async function askImages(
  { images }: Choices,
  { dockerfiles, repositoryUrl }: RepositoryFacts,
  prompts: Prompts,
): Promise<readonly ImageChoice[]> {
  if (dockerfiles.length === 0) return images;
  const chosen = await prompts.several(
    'From which Dockerfiles should images be published? (none is fine)',
    dockerfiles.map(
      (value): Choice<string> => ({
        value,
        label: value === '' ? './Dockerfile' : `${value}/Dockerfile`,
      }),
    ),
    images.map(({ directory }) => directory),
  );
  const named: ImageChoice[] = [];
  for (const directory of chosen) {
    const known = images.find((one) => one.directory === directory)?.image;
    const image = await prompts.text(
      `The name of the image that is built in ${directory || '.'}?`,
      known ?? `ghcr.io/${ownerOf(repositoryUrl)}/${nameOf(directory, repositoryUrl)}`,
      wrong((answer) => parseOciName(answer)),
    );
    named.push({ image, directory });
  }
  return named;
}

function ownerOf(repositoryUrl = ''): string {
  return (
    new URL(repositoryUrl || 'https://host/owner').pathname.split('/')[1] ?? ''
  ).toLowerCase();
}

function nameOf(directory: string, repositoryUrl = ''): string {
  const last = (directory || repositoryUrl).split('/').at(-1) ?? '';
  return last.toLowerCase().replaceAll('_', '-') || 'image';
}

async function askVersion(
  { publish, version }: Choices,
  facts: RepositoryFacts,
  prompts: Prompts,
): Promise<VersionSource> {
  const found = await versionSources(facts, publish);
  const offered = [version, ...found.filter((one) => keyOf(one) !== keyOf(version))];
  const fresh = { kind: 'new-file', file: NEW_VERSION_FILE } as const;
  const canAdd = version.kind !== 'new-file' && !facts.paths.has(NEW_VERSION_FILE);
  const chosen = await prompts.one<VersionSource | typeof fresh>(
    'Where is the version that every other one is derived from?',
    [
      ...offered.map((one): Choice<VersionSource> => ({ value: one, ...described(one) })),
      ...(canAdd ? [{ value: fresh, label: `a new file ${NEW_VERSION_FILE}` }] : []),
    ],
  );
  if ('base' in chosen || chosen.kind !== 'new-file') return chosen;
  const base = await prompts.text(
    'The version to start with?',
    '0.1.0',
    wrong((answer) => parseBase(answer)),
  );
  return { ...fresh, base: parseBase(base) };
}

function keyOf(source: VersionSource): string {
  return source.kind === 'tags' ? 'tags' : source.file;
}

function described(source: VersionSource): Pick<Choice<unknown>, 'label' | 'hint'> {
  if (source.kind !== 'tags') return { label: source.file, hint: source.base };
  const { base, tagPrefix } = source;
  return {
    label: 'the release tags',
    hint:
      base === undefined
        ? `there is no ${tagPrefix}X.Y.Z yet`
        : `the highest is ${tagPrefix}${base}`,
  };
}

async function askMirrors(
  publish: readonly FoundPackage[],
  { mirrors }: Choices,
  { repositoryUrl }: RepositoryFacts,
  prompts: Prompts,
): Promise<ReadonlyMap<string, string>> {
  const chosen = new Map<string, string>();
  for (const found of publish.filter(({ ecosystem }) => ecosystem === 'go')) {
    const proposed = mirrors.get(found.name) ?? mirrorFor(found, repositoryUrl);
    // Where the path leads here, the tags of this repository are its versions.
    if (proposed === undefined) continue;
    const url = await prompts.text(
      `To which git repository should ${found.name} be published? (empty: this one)`,
      proposed,
      (answer) =>
        answer === '' || URL.canParse(answer)
          ? undefined
          : 'Enter a URL, for example https://github.com/acme/sdk-go.git',
    );
    if (url !== '') chosen.set(found.name, url);
  }
  return chosen;
}

async function askRegistry(
  publish: readonly FoundPackage[],
  { npmRegistry }: Choices,
  prompts: Prompts,
): Promise<string | undefined> {
  if (!publish.some(({ ecosystem }) => ecosystem === 'npm')) return npmRegistry;
  const url = await prompts.text(
    'The npm registry?',
    npmRegistry ?? 'https://registry.npmjs.org',
    (answer) =>
      URL.canParse(answer) ? undefined : 'Enter a URL, for example https://npm.pkg.github.com',
  );
  return /^https:\/\/registry\.npmjs\.org\/?$/.test(url) ? undefined : url;
}

async function askForm(
  { form }: Choices,
  facts: RepositoryFacts,
  prompts: Prompts,
): Promise<Choices['form']> {
  const code = {
    value: 'code',
    label: `a program, ${definitionFile(facts, 'code')}`,
    hint: 'typed; the jobs with tokens run it and what it imports',
  } as const;
  const data = {
    value: 'data',
    label: 'data, release.config.json',
    hint: 'the jobs with tokens run nothing of the repository',
  } as const;
  return prompts.one<Choices['form']>(
    'Which form should the definition have?',
    form === 'code' ? [code, data] : [data, code],
  );
}

async function askWorkflow(
  choices: Choices,
  prompts: Prompts,
): Promise<Pick<Choices, 'workflow' | 'environments'>> {
  const workflow = await prompts.yes('Write a workflow for GitHub Actions?', choices.workflow);
  const environments =
    workflow &&
    (await prompts.yes(
      'Should its jobs with tokens use the GitHub environments dev, candidate and release?',
      choices.environments,
    ));
  return { workflow, environments };
}

/** Says why a parser refuses an answer; undefined if it does not. */
function wrong(parse: (answer: string) => unknown): (answer: string) => string | undefined {
  return (answer) => {
    try {
      parse(answer);
      return undefined;
    } catch (error) {
      if (error instanceof InvalidInputError) return `Expected ${error.expected}`;
      throw error;
    }
  };
}
