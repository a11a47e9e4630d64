import {
  canonical,
  deriveVersions,
  type GoRetraction,
  InvalidInputError,
  type Lineage,
  type Plan,
  parseBase,
  parseGoModulePath,
  type Release,
} from '@ameide/versioning-core';

/** A module published where it lies. */
export interface InPlacePlan extends Plan {
  /**
   * `refs/tags/packages/sdk/v0.1.0`; null for a dev build, whose pseudo-version `go` derives from
   * the commit.
   */
  readonly tag: string | null;
}

export interface InPlaceModule {
  readonly modulePath: string;
  readonly directory: string;
  readonly sha: string;
  readonly lineage: Lineage;
  readonly retracted: readonly GoRetraction[];
}

/** Makes the plan. Pure. */
export function planInPlace(
  release: Release,
  home: string,
  { modulePath, directory, sha, lineage, retracted }: InPlaceModule,
): InPlacePlan {
  const options = { afterRelease: 'keep', go: { directory, modulePath, retracted } } as const;
  const { go } = deriveVersions(release.canonical, release.channel, lineage, options);
  return {
    publisher: `go:${modulePath}`,
    registry: home,
    sha,
    coordinates: [{ ecosystem: 'go', name: modulePath, version: go.version }],
    pointers: [],
    tag: go.tag === null ? null : `refs/tags/${go.tag}`,
  };
}

/**
 * What stands before the version in a tag: a module in a sub-directory has a prefix
 * (https://go.dev/ref/mod#vcs-version).
 */
export function tagPrefix({
  modulePath,
  directory,
}: Pick<InPlaceModule, 'modulePath' | 'directory'>): string {
  const base = parseBase(
    `${/(\d+)(?:-unstable)?$/.exec(parseGoModulePath(modulePath).major)?.[1] ?? 0}.0.0`,
  );
  const tuple = canonical({ base, sha: '0'.repeat(40), datetime: 0 });
  const { go } = deriveVersions(
    tuple,
    { kind: 'release', base },
    { tags: [] },
    { go: { directory, modulePath } },
  );
  return (go.tag ?? '').slice(0, -go.version.length);
}

/**
 * The repository's home on its host, where `remote` does not say. Throws `InvalidInputError` when
 * nothing does.
 */
export function homeOf({ repository }: Pick<Release, 'repository'>): string {
  return repository === undefined ? noHome() : `${repository}.git`;
}

export function noHome(): never {
  throw new InvalidInputError({
    field: 'remote',
    expected: 'the git URL that tags are pushed to',
    hint: 'Set repository in defineRelease, or remote in goModule: this clone has no origin that tells.',
  });
}
