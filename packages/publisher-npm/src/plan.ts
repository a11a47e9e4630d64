import { isObject, type JsonObject } from '@ameide/source-files/json';
import {
  type Built,
  type Coordinate,
  movingNames,
  type Plan,
  type Pointer,
  type PointerPolicy,
  PUBLIC_SIGSTORE,
  type Release,
  type Signing,
} from '@ameide/versioning-core';
import semver from 'semver';
import { parseDistTag } from './manifest/dist-tag.ts';
import { withoutAlias } from './manifest/linked.ts';
import type { Registry } from './manifest/registry.ts';
import type { PackageStamp } from './manifest/stamp.ts';
import type { Access } from './options.ts';

/** One version of one npm package. */
export interface NpmPlan extends Plan {
  readonly name: string;
  readonly version: string;
  /** The package.json to pack, unless a build changes it. */
  readonly manifest: JsonObject;
  /** What the release writes into the package.json of the checkout and of the tarball. */
  readonly stamp: PackageStamp;
  readonly access?: Access;
  /** How its provenance is signed; absent if it has none. */
  readonly signing?: Signing;
  /** The dist-tags that each channel moves. */
  readonly distTags: Required<PointerPolicy>;
}

/** A packed tarball. */
export interface NpmBuilt extends Built {
  /** Absolute path of the .tgz. */
  readonly tarball: string;
}

export interface PlanParts {
  readonly registry: Registry;
  readonly name: string;
  readonly manifest: JsonObject;
  readonly stamp: PackageStamp;
  readonly access?: Access;
  readonly provenance: boolean;
  readonly distTags: Required<PointerPolicy>;
}

export function makePlan(parts: PlanParts, release: Release): NpmPlan {
  const { name, manifest, registry, access, stamp } = parts;
  const version = release.versions.npm.version;
  const pointers = movingNames(parts.distTags, release).map(
    (moving): Pointer => ({
      ecosystem: 'npm',
      name,
      pointer: parseDistTag(moving.name, 'distTags'),
      version,
    }),
  );
  const coordinates: readonly Coordinate[] = [{ ecosystem: 'npm', name, version }];
  const requires = requirementsOf(manifest, release);
  return {
    publisher: `npm:${name}`,
    registry: registry.url,
    sha: release.canonical.sha,
    coordinates,
    pointers,
    name,
    version,
    manifest,
    distTags: parts.distTags,
    stamp,
    ...(access === undefined ? {} : { access }),
    ...(parts.provenance ? { signing: release.signing ?? { sigstore: PUBLIC_SIGSTORE } } : {}),
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/**
 * Returns the packages of this release that the package needs: its range accepts no version below this
 * release's.
 */
function requirementsOf(manifest: JsonObject, release: Release): Coordinate[] {
  const members = new Set(
    release.members.flatMap((member) => (member.ecosystem === 'npm' ? [member.name] : [])),
  );
  const version = release.versions.npm.version;
  const names = neededRanges(manifest).flatMap(([name, range]) => {
    const { target, range: wanted } = withoutAlias(name, range);
    const lowest = semver.validRange(wanted) === null ? undefined : semver.minVersion(wanted);
    return members.has(target) && lowest?.version === version ? [target] : [];
  });
  return [...new Set(names)].map((name) => ({ ecosystem: 'npm', name, version }));
}

/**
 * Returns the ranges without optional dependencies (which override plain ones of the same name) and
 * optional peers.
 */
function neededRanges(manifest: JsonObject): readonly (readonly [string, string])[] {
  const object = (field: string): JsonObject => (isObject(manifest[field]) ? manifest[field] : {});
  const [optional, peersMeta] = [object('optionalDependencies'), object('peerDependenciesMeta')];
  const isOptionalPeer = (meta: JsonObject[string]): boolean =>
    isObject(meta) && meta['optional'] === true;
  const plain = Object.entries(object('dependencies')).filter(
    ([name]) => !Object.hasOwn(optional, name),
  );
  const peers = Object.entries(object('peerDependencies')).filter(
    ([name]) => !isOptionalPeer(peersMeta[name]),
  );
  return [...plain, ...peers].flatMap(([name, range]) =>
    typeof range === 'string' ? [[name, range] as const] : [],
  );
}
