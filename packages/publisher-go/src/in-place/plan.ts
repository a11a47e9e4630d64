import { InvalidInputError, type Lineage, type Plan, type Release } from '@ameide/versioning-core';
import { deriveGo, type GoModuleLocation, type GoRetraction } from '@ameide/versioning-core/go';

/** A module that is published in the repository that it is developed in. */
export interface InPlacePlan extends Plan {
  /**
   * `refs/tags/packages/sdk/v0.1.0`; null for a dev build, whose pseudo-version `go` derives from
   * the commit.
   */
  readonly tag: string | null;
}

export interface InPlaceModule extends Required<GoModuleLocation> {
  readonly sha: string;
  readonly lineage: Lineage;
  readonly retracted: readonly GoRetraction[];
}

/** Makes the plan. Pure. */
export function planInPlace(
  release: Release,
  remote: string,
  { modulePath, directory, sha, lineage, retracted }: InPlaceModule,
): InPlacePlan {
  const module = { directory, modulePath, retracted };
  const go = deriveGo(release.canonical, release.channel, lineage, module);
  return {
    publisher: `go:${modulePath}`,
    registry: remote,
    sha,
    coordinates: [{ ecosystem: 'go', name: modulePath, version: go.version }],
    pointers: [],
    tag: go.tag === null ? null : `refs/tags/${go.tag}`,
  };
}

/**
 * The git URL of the source repository, if `remote` is not given. Throws `InvalidInputError` when it
 * is not known.
 */
export function repositoryUrl({ repository }: Pick<Release, 'repository'>): string {
  return repository === undefined ? noRemote() : `${repository}.git`;
}

export function noRemote(): never {
  throw new InvalidInputError({
    field: 'remote',
    expected: 'the git URL that tags are pushed to',
    hint: 'Set repository in defineRelease, or remote in goModule: this clone has no origin remote that names it.',
  });
}
