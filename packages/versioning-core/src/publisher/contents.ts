import type { Result } from '../result.ts';
import type { Coordinate } from './coordinate.ts';
import type { Problem } from './problem.ts';

/** The files of one artifact, as consumers get them. Serialisable as JSON. */
export interface ArtifactContents {
  /** A version that has it; of an image, its tag or digest. */
  readonly coordinate: Coordinate;
  /**
   * What it is, the same in every version: `package`, `sdist`, `wheel py3-none-any`, `module`,
   * `image linux/amd64`. Each occurs once in a version.
   */
  readonly part: string;
  /** As in `Artifact`. Equal digests are equal bytes. */
  readonly digest: string;
  /**
   * What the registry, or the client in its place, reads about the artifact, as lines of text:
   * the document of an npm version, core metadata, a go.mod, an image's manifest and configuration.
   */
  readonly manifest: string;
  /** In any order; no path twice. */
  readonly files: readonly ContentFile[];
}

export interface ContentFile {
  /**
   * With `/`; the same in every version, so without a folder that the version names
   * (`sdk-1.0.0/`, `sdk-1.0.0.dist-info/`).
   */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** `sha256:<hex>` of the bytes; of a symlink, of its target. */
  readonly digest: string;
  /** Present where the kind matters: an executable file, or a symlink. */
  readonly kind?: 'executable' | 'symlink';
  /** Where a symlink leads, as written. */
  readonly target?: string;
}

/** What was built, and what people compare it with. */
export interface Rehearsal {
  readonly built: readonly ArtifactContents[];
  /**
   * This version, if the registry has it; else the one before it that the same consumers get. Empty if
   * nothing was published before. Problems if the registry did not say.
   */
  readonly published: Result<readonly ArtifactContents[]>;
  /** Why `publish` would send nothing of this, where only the built files show it. */
  readonly refused?: readonly Problem[];
}
