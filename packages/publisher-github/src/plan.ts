import {
  type Built,
  type Coordinate,
  formatVersionTag,
  InvalidInputError,
  type Plan,
  type Pointer,
  type Release,
  TAG_PREFIX,
} from '@ameide/versioning-core';
import { deriveMirroredGo } from '@ameide/versioning-core/go';
import type { GithubAsset, Target } from './options.ts';
import { nameOf } from './parse-options.ts';

/** One release on GitHub. A dev build has no tag, and publishes nothing. */
export interface GithubPlan extends Plan {
  readonly repository: string;
  /** `v0.1.0`; absent if nothing is published. */
  readonly tag?: string;
  /** The prefix before the version in the tags of all releases. */
  readonly tagPrefix: string;
  /** The version without a prefix; `''` if nothing is published. */
  readonly version: string;
  readonly isPrerelease: boolean;
  readonly assets: readonly PlannedAsset[];
}

/** A file of the release, and its source in the repository. */
export interface PlannedAsset {
  readonly name: string;
  /** The name as the definition has it, the same in every version. */
  readonly part: string;
  readonly kind: 'file' | 'folder' | 'goModule';
  /** The path in the repository; of a Go module its module path. */
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

/** The artifact that represents the release itself; its digest is the commit. */
export const COMMIT = 'commit';

export function planRelease(target: Target, release: Release): GithubPlan {
  const { canonical, channel, tagPrefix = TAG_PREFIX } = release;
  const base = {
    publisher: `github:${target.repository}`,
    registry: target.webUrl,
    sha: canonical.sha,
    repository: target.repository,
    tagPrefix,
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
    ...requiring(target, release),
  };
}

/** The Go modules whose zips are assets. */
function requiring({ assets }: Target, release: Release): Pick<GithubPlan, 'requires'> {
  const requires = assets.flatMap((asset, index) =>
    'goModule' in asset ? [mirroredModule(asset.goModule, index, release)] : [],
  );
  return requires.length === 0 ? {} : { requires };
}

function mirroredModule(name: string, index: number, release: Release): Coordinate {
  const { canonical, channel, members } = release;
  const member = members.find((one) => one.ecosystem === 'go' && one.name === name);
  if (member?.mirror !== undefined)
    return { ecosystem: 'go', name, version: deriveMirroredGo(canonical, channel, name).version };
  const isInPlace = member !== undefined;
  throw new InvalidInputError(
    {
      field: `assets[${index}].goModule`,
      received: name,
      expected: isInPlace
        ? 'a module that is published to a mirror'
        : 'a module that a goModule of this release publishes to a mirror',
      hint: isInPlace
        ? 'This module is published in place: GitHub already offers the source archives of its commit.'
        : 'Write the module path as in its go.mod.',
    },
    'github-option',
  );
}

/** The pointer of the release that GitHub marks as "latest". */
export function latestOf(repository: string, version: string): Pointer {
  return { ecosystem: 'github', name: repository, pointer: LATEST, version };
}

export const LATEST = 'latest';

function sourceOf(asset: GithubAsset): Pick<PlannedAsset, 'kind' | 'path'> {
  if ('file' in asset) return { kind: 'file', path: asset.file };
  return 'folder' in asset
    ? { kind: 'folder', path: asset.folder }
    : { kind: 'goModule', path: asset.goModule };
}

function plannedAssets({ assets }: Target, version: string): readonly PlannedAsset[] {
  const planned = assets.map((asset): PlannedAsset => {
    const part = nameOf(asset);
    return { name: part.replaceAll('{version}', version), part, ...sourceOf(asset) };
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
