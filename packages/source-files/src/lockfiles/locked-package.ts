/** A version that a lockfile has chosen. */
export interface LockedPackage {
  readonly ecosystem: 'npm' | 'pypi' | 'go';
  /** As in a coordinate. */
  readonly name: string;
  /**
   * As in a coordinate: `0.1.0`, `v0.1.0`. For a folder, the version in its manifest, or `''`; for another
   * source, what the lockfile has: a version, a commit, or a URL.
   */
  readonly version: string;
  /**
   * Where it comes from: a registry, a folder of this repository (`workspace`), or something else (a git
   * repository, a file, a URL), where `version` need not be a published one. A patched package keeps the
   * source of the package that is patched.
   */
  readonly source: 'registry' | 'workspace' | 'other';
  /** The folder of a package of this repository, relative to the repository's root. */
  readonly directory?: string;
  /** The file that says it, relative to the repository's root, and the line, from 1. */
  readonly path: string;
  readonly line: number;
  /** True if the project itself asks for it; false if another package does. */
  readonly isDirect: boolean;
}

export type LockfileKind =
  | 'pnpm'
  | 'npm'
  | 'yarn'
  | 'bun'
  | 'uv'
  | 'poetry'
  | 'pdm'
  | 'pylock'
  | 'pipenv'
  | 'requirements'
  | 'go';

/** One lockfile. */
export interface Lockfile {
  /** Relative to the repository's root. For Go the go.work, or the go.mod of a module outside of one. */
  readonly path: string;
  readonly kind: LockfileKind;
  /** The folders of the projects whose versions it decides, relative to the repository's root. */
  readonly projects: readonly string[];
  /**
   * Returns all packages that a project gets, direct and indirect, each version once. For a linked package of
   * this repository that includes its dependencies, without its dev dependencies. Returns nothing for a
   * folder that is not a project.
   */
  packagesOf(project: string): readonly LockedPackage[];
}
