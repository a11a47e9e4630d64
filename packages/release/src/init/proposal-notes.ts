import type { FoundPackage } from '@ameide/source-files/packages';
import { compareBase, parseBase } from '@ameide/versioning-core';
import type { Candidate } from './candidates.ts';
import type { Choices } from './choices.ts';
import type { InitFlags } from './default-choices.ts';
import { isOnGithub, type RepositoryFacts } from './facts.ts';
import type { VersionSource } from './version-sources.ts';

/** Notes on choices that a reader may not expect. */
export function notesOf(
  facts: RepositoryFacts,
  flags: InitFlags,
  { publish, version }: Choices,
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
    ...severalVersions(publish, version),
    ...(flags.workflow !== false && !isOnGithub(facts)
      ? ['No workflow is written: the repository is not on github.com.']
      : []),
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
  const sorted = [...versions].flatMap((version) => {
    try {
      return [parseBase(version)];
    } catch {
      return [];
    }
  });
  const [lowest] = sorted.toSorted(compareBase);
  return [
    `The packages have ${versions.size} different versions, the lowest is ${lowest}. A release gives all of them the same version; the next one is derived from ${base}. To release them separately, write several definitions, each with its own tagPrefix.`,
  ];
}
