import type { Built, Plan, Release } from '@ameide/versioning-core';
import { InvalidInputError, matchesPathMajor } from '@ameide/versioning-core';
import type { GoMod } from '../go-mod.ts';
import type { MirrorContent } from './commit.ts';

/** A module published to a mirror repository. */
export interface MirrorPlan extends Plan {
  readonly content: MirrorContent;
  /** The tag that every mirror commit gets, `source-<sha>`: `go get <module>@source-<sha>` resolves it. */
  readonly sourceTag: string;
  /** `v0.1.0` on a release or a candidate; null otherwise. */
  readonly versionTag: string | null;
  /** Version tags of the source repository before this commit, highest first: the mirror commit's parent is the first the mirror has. */
  readonly earlier: readonly string[];
}

/** Where the mirror commit lies, ready to push. */
export interface MirrorBuilt extends Built {
  readonly commit: string;
  /** Absolute path of the private object store. */
  readonly gitDirectory: string;
}

export interface Branches {
  readonly release: string;
  readonly dev: string;
}

/** Makes the plan. Pure: a dev build's version is named by its query, as the pseudo-version depends on the mirror's own tags. */
export function planMirror(
  release: Release,
  module: {
    readonly goMod: GoMod;
    readonly mirror: string;
    readonly content: MirrorContent;
    readonly earlier: readonly string[];
    readonly branches: Branches;
  },
): MirrorPlan {
  const { goMod, mirror, content, earlier, branches } = module;
  const { path: name } = goMod.module;
  const { channel } = release;
  const versionTag = channel.kind === 'release' || channel.kind === 'candidate' ? release.versions.go.version : null;
  if (versionTag !== null && !matchesPathMajor(versionTag, goMod.module.major)) throw wrongMajor(versionTag, goMod);
  const sourceTag = `source-${content.sha}`;
  const version = versionTag ?? sourceTag;
  const branch = channel.kind === 'release' ? branches.release : channel.kind === 'dev' ? branches.dev : undefined;
  return {
    publisher: `go:${name}`,
    registry: mirror,
    sha: content.sha,
    coordinates: [{ ecosystem: 'go', name, version }],
    pointers: branch === undefined ? [] : [{ ecosystem: 'go', name, pointer: branch, version }],
    content,
    sourceTag,
    versionTag,
    earlier,
  };
}

/** The tags that a plan's mirror commit gets. */
export function tagsOf({ sourceTag, versionTag }: MirrorPlan): readonly string[] {
  return versionTag === null ? [sourceTag] : [sourceTag, versionTag];
}

function wrongMajor(versionTag: string, { module }: GoMod): InvalidInputError {
  const major = versionTag.split('.')[0] ?? '';
  const path = major === 'v0' || major === 'v1' ? module.prefix : `${module.prefix}/${major}`;
  return new InvalidInputError(
    {
      field: 'go.mod: module',
      received: module.path,
      expected: `${path} for version ${versionTag}`,
      hint: `Write "module ${path}" in go.mod, and change the module's own imports with it.`,
    },
    'module-path-major',
  );
}
