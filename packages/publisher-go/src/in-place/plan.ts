import { InvalidInputError, type Lineage, type Plan, type Release } from '@ameide/versioning-core';
import { deriveGo, type GoModuleLocation, type GoRetraction } from '@ameide/versioning-core/go';

/** The plan of a module that is published in its source repository. */
export interface InPlacePlan extends Plan {
  /**
   * `refs/tags/packages/sdk/v0.1.0`; null for a dev build, because `go` derives its pseudo-version
   * from the commit.
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
 * Returns the git URL of the source repository, for when `remote` is not set. Throws
 * `InvalidInputError` if it is unknown.
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
