import type { Ecosystem } from '@ameide/versioning-core';

/** What a definition publishes and a service may use. */
export interface Used {
  readonly ecosystem: Exclude<Ecosystem, 'github'>;
  /** As in a coordinate. */
  readonly name: string;
}

/**
 * How a service gets an artifact. `registry`: at the version in a lockfile, an exact pin or an image
 * reference. `workspace`: from a folder of this repository. `not-locked`: a range, and no lockfile pins a version.
 * `elsewhere`: from a git repository, a file or a URL.
 */
type UseKind = 'registry' | 'workspace' | 'not-locked' | 'elsewhere';

export interface Use extends Used {
  readonly kind: UseKind;
  /**
   * The version, tag or digest; for other kinds than `registry`, what is written there, or `''`.
   */
  readonly version: string;
  /** The file that says it, relative to the repository's root, and the line, from 1. */
  readonly path: string;
  readonly line: number;
  /** False if another package asks for it. */
  readonly isDirect: boolean;
}

/** A project of the repository, or a workload in its manifests. */
export interface Service {
  /** The name of its package; for a workload `Deployment www`. */
  readonly name: string;
  readonly kind: 'project' | 'workload';
  /** The folder of the project, `.` for the root; the file of the workload. */
  readonly path: string;
  readonly uses: readonly Use[];
}

export function artifactKey({ ecosystem, name }: Used): string {
  return `${ecosystem}:${name}`;
}
