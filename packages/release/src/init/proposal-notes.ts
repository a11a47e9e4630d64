import { type FoundPackage, isAside } from '@ameide/source-files/packages';
import { compareBase, pathIn } from '@ameide/versioning-core';
import type { Candidate } from './candidates.ts';
import type { Choices } from './choices.ts';
import type { InitFlags } from './default-choices.ts';
import { isOnGithub, type RepositoryFacts } from './facts.ts';
import { realBase } from './real-base.ts';
import type { VersionSource } from './version-sources.ts';

/** Notes on choices that a reader may not expect. */
export function notesOf(
  facts: RepositoryFacts,
  flags: InitFlags,
  { images, publish, version }: Choices,
  candidates: readonly Candidate[],
  left: readonly FoundPackage[],
): readonly string[] {
  const doubtful =
    flags.publish === undefined ? candidates.filter(({ doubt }) => doubt !== undefined) : [];
  const byDoubt = Map.groupBy(doubtful, ({ doubt = '' }) => doubt);
  return [
    ...[...byDoubt].map(([doubt, group]) => {
      const names = [...new Set(group.map(({ found }) => `${found.ecosystem}:${found.name}`))];
      return `Not published, because ${doubt}: ${names.join(', ')}.`;
    }),
    ...left.map(
      ({ name }) =>
        `Not published: go:${name}, because the path of a module with version ${version.base} ends in /v${version.base?.split('.')[0]}.`,
    ),
    ...unnamedImages(facts, images),
    ...severalVersions(publish, version),
    ...startNote(version),
    ...(flags.workflow !== false && !isOnGithub(facts)
      ? ['No workflow is written: the repository is not on github.com.']
      : []),
  ];
}

/** Nothing says what an image is called, so none is published unasked. */
function unnamedImages(
  { dockerfiles }: RepositoryFacts,
  images: Choices['images'],
): readonly string[] {
  const chosen = new Set(images.map(({ directory }) => directory));
  const left = dockerfiles.filter((directory) => !chosen.has(directory) && !isAside(directory));
  if (left.length === 0) return [];
  const paths = left.slice(0, 5).map((directory) => pathIn(directory, 'Dockerfile'));
  const more = left.length > paths.length ? ', …' : '';
  return [
    `No image is published from ${paths.join(', ')}${more}. To publish one: --image ghcr.io/OWNER/NAME=${left[0] || '.'}.`,
  ];
}

function startNote(version: VersionSource): readonly string[] {
  if (version.kind === 'tags' && version.base === undefined)
    return [
      `No file and no release tag says a version, so versions are derived from 0.0.0 until there is a tag ${version.tagPrefix}X.Y.Z. To start elsewhere: --start X.Y.Z.`,
    ];
  if (version.kind !== 'new-file' || version.from === undefined) return [];
  const { base, file, from } = version;
  return [
    `${file} starts with ${base}, which ${from} says. From now on every version is derived from ${file}, and a release writes its own into what it builds.`,
  ];
}

/** All artifacts of a definition have one version. */
function severalVersions(
  publish: readonly FoundPackage[],
  { base }: VersionSource,
): readonly string[] {
  const versions = new Set(
    publish.flatMap(({ version }) =>
      version === undefined || version === '0.0.0' ? [] : [version],
    ),
  );
  if (versions.size < 2 || base === undefined) return [];
  const sorted = [...versions].flatMap((version) => realBase(version) ?? []);
  const [lowest] = sorted.toSorted(compareBase);
  return [
    `The packages have ${versions.size} different versions, the lowest is ${lowest}. A release gives all of them the same version; the next one is derived from ${base}. To release them separately, write several definitions, each with its own tagPrefix.`,
  ];
}
