import type { Built, ChannelKind, Coordinate, Plan, Pointer, PointerRule, Release } from '@ameide/versioning-core';
import semver from 'semver';
import type { JsonObject } from './manifest/json.ts';
import { type Access, type DistTags, type Registry, refuseTag } from './options.ts';

/** One version of one npm package. */
export interface NpmPlan extends Plan {
  readonly name: string;
  readonly version: string;
  /** The package.json that will be packed. */
  readonly manifest: JsonObject;
  readonly access?: Access;
  /** How its dist-tag moves. */
  readonly rule: PointerRule;
}

/** A packed tarball. */
export interface NpmBuilt extends Built {
  /** Absolute path of the .tgz. */
  readonly tarball: string;
}

const RULES: Readonly<Record<ChannelKind, PointerRule>> = {
  release: 'stable',
  candidate: 'forwards',
  dev: 'ancestry',
  'pull-request': 'ancestry',
};

export interface PlanParts {
  readonly registry: Registry;
  readonly name: string;
  readonly manifest: JsonObject;
  readonly access?: Access;
  readonly distTags: DistTags;
}

export function makePlan(parts: PlanParts, release: Release): NpmPlan {
  const { name, manifest, registry, access } = parts;
  const version = release.versions.npm.published;
  const tag = distTagOf(release, parts.distTags);
  if (tag !== null) refuseTag('versions.npm.distTag', tag);
  const pointers: readonly Pointer[] = tag === null ? [] : [{ ecosystem: 'npm', name, pointer: tag, version }];
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
    rule: RULES[release.channel.kind],
    ...(access === undefined ? {} : { access }),
    ...(requires.length === 0 ? {} : { requires }),
  };
}

/** Members of the release that the published ranges ask for in the very version that is being released. */
function requirementsOf(manifest: JsonObject, release: Release): Coordinate[] {
  const members = new Set(release.members.flatMap((member) => (member.ecosystem === 'npm' ? [member.name] : [])));
  const version = release.versions.npm.published;
  const ranges = ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) => Object.entries(manifest[field] ?? {}));
  const names = ranges.flatMap(([name, range]) => {
    const [, target = name, wanted = String(range)] = /^npm:(.+)@([^@]+)$/.exec(String(range)) ?? [];
    return members.has(target) && semver.satisfies(version, wanted, { includePrerelease: true }) ? [target] : [];
  });
  return [...new Set(names)].map((name) => ({ ecosystem: 'npm', name, version }));
}

function distTagOf(release: Release, distTags: DistTags): string | null {
  const { kind } = release.channel;
  // A pull request's build moves nothing, whatever the options say.
  if (kind === 'pull-request') return null;
  const chosen = distTags[kind];
  return chosen === undefined ? release.versions.npm.distTag : chosen;
}
