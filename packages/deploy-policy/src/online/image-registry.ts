import type { ImageReference } from '@ameide/source-files/image';
import type { Problem, ProofKind } from '@ameide/versioning-core';

/** The port that asks registries. Everything else in this package is pure. */
export interface ImageRegistry {
  /** Looks up the reference's tag; if it has none, its digest. A registry that fails is `unknown`, never a rejection. */
  readImage(reference: ImageReference): Promise<ImageAnswer>;
  /** Everything that was published from a commit, with its proofs. */
  readRelease(sha: string): Promise<ReleaseAnswer>;
}

/**
 * `unknown-image`: the release publishes no image of this name, so nobody can say what it should be.
 * `unknown`: the registry did not say, which is never the same as `absent`.
 */
export type ImageAnswer =
  | { readonly state: 'found'; readonly digest: string; readonly sha?: string }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown-image' }
  | { readonly state: 'unknown'; readonly problem: Problem };

export type ReleaseAnswer =
  | { readonly state: 'found'; readonly release: FoundRelease }
  /** The repository has no such commit: the image's label may say anything. */
  | { readonly state: 'unknown-commit' };

/** What was published from one commit. */
export interface FoundRelease {
  readonly sha: string;
  /** The commit's time: `2025-11-13T15:32:11Z`. */
  readonly datetime: string;
  /** `0.1.0`, or the version of its dev build. */
  readonly version: string;
  readonly artifacts: readonly ReleaseArtifact[];
  /** What no registry said, and why. */
  readonly problems: readonly Problem[];
}

export interface ReleaseArtifact {
  /** As `formatCoordinate` writes it: `oci:ghcr.io/acme/sdk:0.1.0`. */
  readonly coordinate: string;
  /** `wrong`: there, but from another commit. */
  readonly state: 'published' | 'missing' | 'wrong' | 'unknown';
  /** `sha256:<64 hex digits>` for an image. */
  readonly digest?: string;
  readonly proofs: readonly ArtifactProof[];
}

export interface ArtifactProof {
  readonly kind: ProofKind;
  readonly state: 'proven' | 'missing' | 'wrong' | 'unknown';
  /** Why it is `unknown`. */
  readonly problem?: Problem;
}
