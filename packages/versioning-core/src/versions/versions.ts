import type { BaseVersion } from '../canonical/base.ts';
import type { Canonical } from '../canonical/canonical.ts';
import type { Channel } from '../canonical/channel.ts';
import type { GoVersion } from './go/derive.ts';
import type { GoModule } from './go/module.ts';

/** Every ecosystem's strings for one commit on one channel. */
export interface Versions {
  /**
   * The version that the build leads to: the base, or if that is already released the next patch
   * or `nextBase` (see `afterRelease`).
   */
  readonly target: BaseVersion;
  /** Explains to people why `target` is not the base; set only then. */
  readonly note?: string;
  readonly npm: NpmVersion;
  readonly pypi: PypiVersion;
  readonly go: GoVersion;
  readonly oci: OciTags;
}

export interface NpmVersion {
  /** With build metadata on dev: `0.1.0-dev.20251113153211+g71e210b`. npm registries drop it. */
  readonly full: string;
  /** The version that the registry serves: `0.1.0-dev.20251113153211`. The npm coordinate. */
  readonly version: string;
  /** `latest`, `next` or `dev`; null if no pointer may move (pull requests). */
  readonly distTag: string | null;
}

/** Both are in PEP 440's normal form. */
export interface PypiVersion {
  /** For an index that takes local versions: `0.1.0.dev20251113153211+git.71e210b`. */
  readonly full: string;
  /** The version that pypi.org serves: `0.1.0.dev20251113153211`. */
  readonly version: string;
}

export interface OciTags {
  /** `<sha>`, on every channel. Never moves. */
  readonly commitTag: string;
  /** `X.Y.Z` or `X.Y.Z-rc.N`; absent on a dev build. Never moves. */
  readonly versionTag?: string;
  /** `X.Y` and `latest`, or `dev`. These tags never move backwards. */
  readonly movingTags: readonly string[];
}

/** What the repository's history contributes, besides the tuple. */
export interface Lineage {
  /**
   * Every tag on the commit or an ancestor of it, `v0.1.0`, `sdk/go/v0.1.0`, in any order. Tags
   * that are not version tags are ignored.
   */
  readonly tags: readonly string[];
  /**
   * Those of `tags` on the commit itself. They are newer than its dev build, so its target does not
   * depend on them.
   */
  readonly tagsAtCommit?: readonly string[];
  /** What comes before the version in a release tag: `sdk/v`. Default `v`. Go's tags have their own. */
  readonly tagPrefix?: string;
}

export interface VersionOptions {
  /**
   * `datetime` (default): dev builds contain DATETIME. `date`: they contain only DATE, as the north
   * star says literally, so two builds of a day collide.
   */
  readonly stamp?: 'datetime' | 'date';
  /**
   * What to do if `v<base>` is already released: lead to the `next-patch` (default), `keep` the
   * base, or refuse with an `error`.
   */
  readonly afterRelease?: 'next-patch' | 'keep' | 'error';
  /**
   * The version that a dev build of a released base leads to, instead of the next patch: `0.2.0` if a
   * minor change is pending after 0.1.0. Must be above the base.
   */
  readonly nextBase?: BaseVersion;
  /** The Go module, when it is not the repository root with major version 0 or 1. */
  readonly go?: GoModule;
}

/** The signature of `deriveVersions`. */
export type DeriveVersions = (
  canonical: Canonical,
  channel: Channel,
  lineage: Lineage,
  options?: VersionOptions,
) => Versions;
