import type { Coordinate, Pointer } from './coordinate.ts';

/**
 * `npm:@ameideio/ameide-sdk-ts`, `go:github.com/ameideio/ameide-sdk-go`: an ecosystem, a colon and
 * a name. Unique in a release.
 */
export type PublisherId = string;

/** Publishers extend it with what their later steps need. Serialisable as JSON. */
export interface Plan {
  readonly publisher: PublisherId;
  /** The registry's address, for people: `https://registry.npmjs.org`. */
  readonly registry: string;
  /**
   * The address that clients install from, if it is another one and not their default: PyPI's Simple
   * API.
   */
  readonly readFrom?: string;
  /** The full source SHA that every artifact must name. */
  readonly sha: string;
  readonly coordinates: readonly Coordinate[];
  readonly pointers: readonly Pointer[];
  /**
   * Artifacts of the same release without which nobody can install this one: dependencies on
   * members that no earlier version satisfies.
   */
  readonly requires?: readonly Coordinate[];
}

export type Subject<P extends Plan, B extends Built> =
  | PlanSubject<P, B>
  | { readonly coordinate: Coordinate };

export interface PlanSubject<P extends Plan, B extends Built> {
  readonly plan: P;
  readonly built?: B;
}

/** An artifact of this release, as another one names it. Serialisable as JSON. */
export interface RequiredArtifact {
  /** With the version that others write: the pseudo-version of a Go dev build. */
  readonly coordinate: Coordinate;
  /** Checksums that others write, by what they are of: `zip` and `go.mod` for go.sum. */
  readonly checksums: Readonly<Record<string, string>>;
  /** What it requires of the release in turn, also indirectly. */
  readonly requires: readonly RequiredArtifact[];
  /** Its files on this machine, during this run: a git tree. Absent if it is none. */
  readonly files?: { readonly gitDirectory: string; readonly tree: string };
}

/** Publishers extend it with paths and digests. Serialisable as JSON. */
export interface Built {
  readonly artifacts: readonly Artifact[];
}

export interface Artifact {
  readonly coordinate: Coordinate;
  /** File name, the manifest's media type for an image, `commit` for a Go module. */
  readonly name: string;
  /** As in `Finding`. */
  readonly digest: string;
  /** Bytes; 0 for a commit. */
  readonly size: number;
}
