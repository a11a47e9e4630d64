import { isObject } from '@ameide/source-files/json';
import type { FoundPackage } from '@ameide/source-files/packages';
import { type BuildPlan, planBuilds } from './build-plan.ts';
import type { Choices } from './choices.ts';
import { consumerGlobs } from './consumer-globs.ts';
import type { RepositoryFacts } from './facts.ts';
import { imageLogin } from './image-login.ts';

/** Where the workflow that publishes is. */
export const WORKFLOW_FILE = '.github/workflows/publish-packages.yml';

type Options = Readonly<Record<string, unknown>>;
/** `{ npm: { directory: 'packages/sdk' } }` */
export type PublisherEntry = Readonly<Record<string, Options>>;

/** A definition as `release.config.json` has it; `release.config.ts` says the same. */
export interface DefinitionData {
  readonly versionFile?: string;
  readonly versionFrom?: 'tags';
  readonly tagPrefix?: string;
  readonly afterRelease?: 'changesets';
  readonly repository?: string;
  readonly identity?: { readonly repository: string; readonly workflow: string };
  readonly branches: readonly string[];
  readonly prepare?: readonly (readonly string[])[];
  readonly publishers: readonly PublisherEntry[];
  readonly consumers?: { readonly include: readonly string[] };
}

export function definitionData(facts: RepositoryFacts, choices: Choices): DefinitionData {
  const { branch, images, publish, version, workflow } = choices;
  const { repositoryUrl } = facts;
  const builds = planBuilds(facts, publish);
  const include = consumerGlobs(facts, publish);
  const isOnGithub = repositoryUrl?.startsWith('https://github.com/') === true;
  return {
    ...(version.kind === 'tags' ? { versionFrom: 'tags' } : { versionFile: version.file }),
    ...(version.kind === 'tags' && version.tagPrefix !== 'v'
      ? { tagPrefix: version.tagPrefix }
      : {}),
    ...(usesChangesets(facts, version) ? { afterRelease: 'changesets' } : {}),
    ...(repositoryUrl === undefined ? {} : { repository: repositoryUrl }),
    ...(workflow && isOnGithub
      ? { identity: { repository: repositoryUrl, workflow: WORKFLOW_FILE } }
      : {}),
    branches: [branch],
    ...(builds.prepare.length === 0 ? {} : { prepare: builds.prepare }),
    publishers: [
      ...publish.map((found) => publisherOf(found, facts, choices, builds)),
      ...images.map((one) => ({
        ghcr: {
          image: one.image,
          dockerfile: { directory: one.directory },
          ...imageLogin(one, images),
        },
      })),
    ],
    ...(include.length === 0 ? {} : { consumers: { include } }),
  };
}

/** Changesets raise the version of packages alone. */
function usesChangesets(
  { packages, paths }: RepositoryFacts,
  version: Choices['version'],
): boolean {
  return (
    paths.has('.changeset/config.json') &&
    version.kind === 'file' &&
    packages.some(
      ({ isPrivate, manifest }) =>
        manifest === version.file && manifest.endsWith('.json') && !isPrivate,
    )
  );
}

function publisherOf(
  found: FoundPackage,
  facts: RepositoryFacts,
  { mirrors, npmRegistry, publish, pypi }: Choices,
  { builds }: BuildPlan,
): PublisherEntry {
  const directory = found.directory === '' ? '.' : found.directory;
  if (found.ecosystem === 'pypi') return { pypi: { directory, ...pypi } };
  if (found.ecosystem === 'go') {
    const mirror = mirrors.get(found.name);
    return { goModule: { directory, ...(mirror === undefined ? {} : { mirror }) } };
  }
  const build = builds.get(found.manifest);
  // The same for all, so that one list can name them: a package without a scope is public anyway.
  const isScoped = publish.some(
    ({ ecosystem, name }) => ecosystem === 'npm' && name.startsWith('@'),
  );
  return {
    npm: {
      directory,
      ...npmTarget(found, facts, npmRegistry, isScoped),
      ...(build === undefined ? {} : { build }),
    },
  };
}

/** A package that names its registry or access keeps them: `npm` refuses to send it elsewhere. */
function npmTarget(
  { manifest }: FoundPackage,
  { manifests }: RepositoryFacts,
  npmRegistry: string | undefined,
  isScoped: boolean,
): Options {
  const published = manifests.get(manifest)?.json['publishConfig'];
  const config = isObject(published) ? published : {};
  const registry = npmRegistry ?? registryOf(config['registry']);
  const isRestricted = config['access'] === 'restricted';
  return {
    ...(registry === undefined ? {} : { registry }),
    ...(isScoped && !isRestricted ? { access: 'public' } : {}),
    ...(config['provenance'] === true ? { provenance: true } : {}),
  };
}

function registryOf(value: unknown): string | undefined {
  const isPublic = typeof value !== 'string' || /^https?:\/\/registry\.npmjs\.org\/?$/.test(value);
  return isPublic ? undefined : value;
}
