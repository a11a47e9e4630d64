import type { Coordinate, Pointer } from './coordinate.ts';
import type { Problem } from './problem.ts';

/**
 * - `absent`: the registry says there is no such version.
 * - `identical`: it is there and its digest equals the built one.
 * - `same-source`: it names our SHA; its bytes were not compared, or differ.
 * - `conflict`: it is there and names another SHA, or none; or names ours, and its bytes are not those
 *   of our reproducible build, or another artifact of the same release contradicts it.
 * - `unknown`: the registry did not say. Never treated as `absent`.
 */
export type FindingState = 'absent' | 'identical' | 'same-source' | 'conflict' | 'unknown';

export interface Finding {
  readonly coordinate: Coordinate;
  readonly state: FindingState;
  /**
   * The version that clients resolve the coordinate to, if it differs: `go` resolves a mirror's
   * `source-<sha>` to a pseudo-version, a tag of an image that moves names a digest.
   */
  readonly resolved?: string;
  /** The full source SHA that the registry's artifact names. */
  readonly sha?: string;
  /** `sha512-…` for npm, `sha256:<hex>` for PyPI and OCI, the mirror or source commit for Go. */
  readonly digest?: string;
  /** The coordinate's files, if it has several (a wheel and an sdist) or if one is missing. */
  readonly files?: readonly FileFinding[];
  /**
   * The version in the artifact's own label, if the build that it is compared with has another version
   * of the same commit in its label, and differs for that reason: an image of an older version of
   * this program, whose label depended on the channel.
   */
  readonly builtAs?: string;
  /** What the registry tells everybody who installs it: `use 1.2.4`. Absent if nothing. */
  readonly deprecated?: string;
  /** As in `ListedVersion`, where an answer about one version says it: yanked. */
  readonly isWithdrawn?: true;
  /** Explains `conflict` or `unknown`; with `absent`, explains why this version can never exist. */
  readonly problem?: Problem;
}

export interface FileFinding {
  readonly name: string;
  readonly state: FindingState;
  readonly digest?: string;
}

export interface Published {
  readonly coordinate: Coordinate;
  readonly outcome: 'published' | 'already-there' | 'conflict' | 'incomplete' | 'unknown';
  readonly digest?: string;
  /** Present unless the outcome is `published` or `already-there`. */
  readonly problem?: Problem;
}

export interface PointerMove {
  readonly pointer: Pointer;
  /**
   * `superseded` is a success: the pointer already names something newer and stays. `blocked`: the
   * publisher could not move it safely.
   */
  readonly outcome: 'moved' | 'already' | 'superseded' | 'blocked';
  /** The version that the pointer named before; absent if the pointer did not exist. */
  readonly from?: string;
  /** Present when `blocked`. */
  readonly problem?: Problem;
}

/** What a person asks for: this pointer, from exactly this version to exactly that one. */
export interface RequestedMove {
  /** Its `version` is the published version that it should name. */
  readonly pointer: Pointer;
  /** What it names now, as `PointerFinding.version` shows it; `nothing` if it does not exist. */
  readonly from: string;
}

export interface PointerFinding {
  readonly pointer: Pointer;
  /** The version that it names now; absent if the pointer does not exist. */
  readonly version?: string;
  /** The source SHA of that version, where the registry reports it. */
  readonly sha?: string;
  /** As in `Finding`, where two artifacts can have one version: images, commits of a mirror. */
  readonly digest?: string;
  /** What people should know about it, which is no failure and which no release can change. */
  readonly note?: string;
  readonly problem?: Problem;
}

/** Everything that a registry has under one artifact's name. */
export interface VersionList {
  /** Each version once, in no particular order. Empty if the registry has nothing under the name. */
  readonly versions: readonly ListedVersion[];
  /**
   * What the pointers that a release moves name now, and the one that clients follow, in no particular
   * order.
   */
  readonly pointers: readonly PointerFinding[];
  /**
   * True if there are versions that the registry cannot list: every commit of a Go module that is
   * published in its own repository.
   */
  readonly isPartial?: true;
  /** For a Go module: where its retractions are, if that was asked and it has a version. */
  readonly retracting?: GoRetracting;
}

/** The tag whose go.mod lists what a Go module retracts. A higher one replaces that list. */
export interface GoRetracting {
  /** With the module's prefix: `v0.2.1`, `sdk/go/v0.2.1`. */
  readonly tag: string;
  /** The same without the prefix. */
  readonly version: string;
  /** The module's folder at that tag, relative to the repository's root; empty for the root. */
  readonly folder: string;
  /** Absent if the tag has a go.mod: it is of a time before modules. */
  readonly lacksGoMod?: true;
}

export interface VersionQuestion {
  /** True if `isWithdrawn` is needed, also where the list itself does not say it: for a mirror of a Go module. */
  readonly withdrawn?: boolean;
}

/** One version, with what the list says about it. `inspect` says more. */
export interface ListedVersion {
  readonly coordinate: Coordinate;
  /** The full source SHA that the artifact names. */
  readonly sha?: string;
  /** As in `Finding`. */
  readonly digest?: string;
  /** As in `Finding`. */
  readonly deprecated?: string;
  /** True if clients take it only when it is asked for: yanked (PEP 592), retracted (Go). */
  readonly isWithdrawn?: true;
  /** When the registry received it: ISO 8601, UTC. */
  readonly publishedAt?: string;
}

/** How the removal of one version ended. */
export interface Removed {
  readonly coordinate: Coordinate;
  /**
   * `gone`: it was already removed. `kept`: something else on the registry needs it, or the registry
   * never removes it. `incomplete`: it is still there, whole or in part. `unknown`: the registry did not
   * report whether it is.
   */
  readonly outcome: 'removed' | 'gone' | 'kept' | 'incomplete' | 'unknown';
  /** Why it is kept, for people; present when `kept`. */
  readonly reason?: string;
  /** Present when `incomplete` or `unknown`. */
  readonly problem?: Problem;
}
