import {
  type Coordinate,
  InvalidInputError,
  type Lineage,
  type Plan,
  type Release,
} from '@ameide/versioning-core';
import {
  deriveGo,
  type GoModuleLocation,
  type GoRequirement,
  type GoRetraction,
} from '@ameide/versioning-core/go';
import { requiredMembers } from './required-members.ts';

/** The plan of a module that is published in its source repository. */
export interface InPlacePlan extends Plan {
  /**
   * `refs/tags/packages/sdk/v0.1.0`; null for a dev build, because `go` derives its pseudo-version
   * from the commit.
   */
  readonly tag: string | null;
  /** What it requires of other modules of the release, and the release does not make. */
  readonly requiredTags: readonly Coordinate[];
}

export interface InPlaceModule extends Required<GoModuleLocation> {
  readonly sha: string;
  readonly lineage: Lineage;
  readonly retracted: readonly GoRetraction[];
  readonly requirements: readonly GoRequirement[];
  /** The other modules of the repository that are published in place. */
  readonly siblings: readonly string[];
}

/** Makes the plan. Pure. */
export function planInPlace(release: Release, remote: string, inPlace: InPlaceModule): InPlacePlan {
  const { modulePath, directory, sha, lineage, retracted } = inPlace;
  const module = { directory, modulePath, retracted };
  const go = deriveGo(release.canonical, release.channel, lineage, module);
  const own = go.tag === null ? null : go.version;
  const { requires, requiredTags } = requiredMembers(inPlace, release, own);
  return {
    publisher: `go:${modulePath}`,
    registry: remote,
    sha,
    coordinates: [{ ecosystem: 'go', name: modulePath, version: go.version }],
    pointers: [],
    tag: go.tag === null ? null : `refs/tags/${go.tag}`,
    requiredTags,
    ...(requires.length === 0 ? {} : { requires }),
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
    hint: 'Set repository in the definition, or remote in goModule: this clone has no origin remote that names it.',
  });
}
