import { isSameRepository } from '@ameide/publisher-kit';
import {
  type Built,
  type Plan,
  PUBLIC_SIGSTORE,
  type Release,
  type Signing,
} from '@ameide/versioning-core';
import { deriveMirroredGo } from '@ameide/versioning-core/go';
import { type LinkedModules, mirroredMembers } from '../module/members.ts';
import type { MirrorContent } from './commit.ts';
import { mirrorEdits } from './edits.ts';
import type { LeftOut } from './left-out.ts';

/** The plan of a module that is published to a mirror repository. */
export interface MirrorPlan extends Plan {
  readonly content: MirrorContent;
  /** The tag of every mirror commit, `source-<sha>`. `go get <module>@source-<sha>` resolves it. */
  readonly sourceTag: string;
  /** `v0.1.0` on a release or a candidate; otherwise null. */
  readonly versionTag: string | null;
  /**
   * Version tags of the source repository before this commit, highest first. The first that the
   * mirror has is on the mirror commit's parent.
   */
  readonly earlier: readonly string[];
  /** True for a dev build whose commit other modules of the release may name. */
  readonly mayBeNamed: boolean;
  /** Another module of the release whose mirror is the same repository. */
  readonly sharedWith?: string;
  /** How its provenance is signed; absent if it gets none. */
  readonly signing?: Signing;
}

/** The mirror commit, ready to push. */
export interface MirrorBuilt extends Built {
  readonly commit: string;
  /** The commit's tree. */
  readonly tree: string;
  /** That tree before its edits. */
  readonly unedited: string;
  /** True if another machine built it: the mirror may have changed since. */
  readonly isLoaded?: boolean;
  /** Absolute path of the private object store. */
  readonly gitDirectory: string;
}

export interface Branches {
  readonly release: string;
  readonly dev: string;
}

/**
 * Makes the plan. Pure. Names a dev build's version by its query, because the pseudo-version
 * depends on the mirror's own tags.
 */
export function planMirror(
  release: Release,
  module: {
    readonly modulePath: string;
    readonly mirror: string;
    readonly content: MirrorContent;
    readonly linked: LinkedModules;
    readonly leftOut: LeftOut;
    readonly earlier: readonly string[];
    readonly branches: Branches;
    readonly provenance: boolean;
  },
): MirrorPlan {
  const { modulePath: name, mirror, content, earlier, branches } = module;
  const { canonical, channel } = release;
  // Throws for a version that the module path cannot have
  // (https://go.dev/ref/mod#major-version-suffixes).
  const { tag: versionTag, version } = deriveMirroredGo(canonical, channel, name);
  const edits = mirrorEdits(name, module, release);
  const requires = (edits?.required ?? []).map((path) => ({
    ecosystem: 'go' as const,
    name: path,
    version: deriveMirroredGo(canonical, channel, path).version,
  }));
  const sharing = release.members.find(
    (other) => other.name !== name && isSameMirror(other.mirror, mirror),
  );
  const sourceTag = `source-${content.sha}`;
  const branch =
    channel.kind === 'release'
      ? branches.release
      : channel.kind === 'dev'
        ? branches.dev
        : undefined;
  return {
    publisher: `go:${name}`,
    registry: mirror,
    sha: content.sha,
    coordinates: [{ ecosystem: 'go', name, version }],
    pointers: branch === undefined ? [] : [{ ecosystem: 'go', name, pointer: branch, version }],
    ...(requires.length === 0 ? {} : { requires }),
    content: edits === undefined ? content : { ...content, edits },
    sourceTag,
    versionTag,
    earlier,
    ...(sharing === undefined ? {} : { sharedWith: sharing.name }),
    mayBeNamed: versionTag === null && mirroredMembers(name, release).length > 0,
    ...(module.provenance ? { signing: release.signing ?? { sigstore: PUBLIC_SIGSTORE } } : {}),
  };
}

/**
 * Returns the tags of a plan's mirror commit. The version tag comes first: it can never move, so
 * its commit is the one to keep.
 */
export function tagsOf({ sourceTag, versionTag }: MirrorPlan): readonly string[] {
  return versionTag === null ? [sourceTag] : [versionTag, sourceTag];
}

/** True if the mirror commit requires other modules of the release, in their version of it. */
export function requiresMembers({ requires = [] }: MirrorPlan): boolean {
  return requires.length > 0;
}

/** Returns the content of a plan's mirror commit, as far as it is known. */
export function contentOf(
  { content }: MirrorPlan,
  built: Pick<MirrorBuilt, 'tree' | 'unedited'> | undefined,
): MirrorContent {
  if (built === undefined) return content;
  const { tree, unedited } = built;
  return { ...content, tree, unedited, fromCheckout: [] };
}

/** Local folders, which tests and demos use, are not addresses of a host, so they are compared as text. */
function isSameMirror(a: string | undefined, b: string): boolean {
  return a !== undefined && (a === b || isSameRepository(a, b));
}
