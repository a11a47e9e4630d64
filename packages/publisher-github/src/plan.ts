import {
  type Built,
  type Coordinate,
  formatVersionTag,
  InvalidInputError,
  type Plan,
  type Pointer,
  type Release,
} from '@ameide/versioning-core';
import type { Target } from './options.ts';
import { nameOf } from './parse-options.ts';

/** One release on GitHub; without a tag, nothing: the commit is a dev build's. */
export interface GithubPlan extends Plan {
  readonly repository: string;
  /** `v0.1.0`; absent if nothing is published. */
  readonly tag?: string;
  /** The version without a prefix; `''` if nothing is published. */
  readonly version: string;
  readonly isPrerelease: boolean;
  readonly assets: readonly PlannedAsset[];
}

/** A file of the release, and what it is made of. */
export interface PlannedAsset {
  readonly name: string;
  /** The name as the definition has it, the same in every version. */
  readonly part: string;
  readonly kind: 'file' | 'folder';
  /** In the repository. */
  readonly path: string;
}

/** The files of a release, on this machine. */
export interface GithubBuilt extends Built {
  readonly assets: readonly BuiltAsset[];
}

export interface BuiltAsset {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** The artifact that stands for the release itself: its commit. */
export const COMMIT = 'commit';

export function planRelease(target: Target, release: Release): GithubPlan {
  const { canonical, channel, tagPrefix } = release;
  const base = {
    publisher: `github:${target.repository}`,
    registry: target.webUrl,
    sha: canonical.sha,
    repository: target.repository,
  };
  if (channel.kind !== 'release' && channel.kind !== 'candidate')
    return { ...base, coordinates: [], pointers: [], version: '', isPrerelease: false, assets: [] };
  const tag = formatVersionTag(channel, tagPrefix);
  const version = formatVersionTag(channel, '');
  const coordinate: Coordinate = { ecosystem: 'github', name: target.repository, version: tag };
  const isPrerelease = channel.kind === 'candidate';
  const hasPointer = target.isLatestWanted && !isPrerelease;
  return {
    ...base,
    coordinates: [coordinate],
    pointers: hasPointer ? [latestOf(target.repository, tag)] : [],
    tag,
    version,
    isPrerelease,
    assets: plannedAssets(target, version),
  };
}

/** The pointer of the release that GitHub marks as "latest". */
export function latestOf(repository: string, version: string): Pointer {
  return { ecosystem: 'github', name: repository, pointer: LATEST, version };
}

export const LATEST = 'latest';

function plannedAssets({ assets }: Target, version: string): readonly PlannedAsset[] {
  const planned = assets.map((asset): PlannedAsset => {
    const part = nameOf(asset);
    const source =
      'file' in asset
        ? ({ kind: 'file', path: asset.file } as const)
        : ({ kind: 'folder', path: asset.folder } as const);
    return { name: part.replaceAll('{version}', version), part, ...source };
  });
  const wrong = planned.find(({ name }) => !/^[\w.+@~-]+$/.test(name));
  if (wrong === undefined) return planned;
  throw new InvalidInputError(
    {
      field: 'assets',
      received: wrong.part,
      expected: 'a file name in which only {version} has braces',
    },
    'github-option',
  );
}
