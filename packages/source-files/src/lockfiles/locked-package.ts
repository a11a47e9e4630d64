/** A version that a lockfile has chosen. */
export interface LockedPackage {
  readonly ecosystem: 'npm' | 'pypi' | 'go';
  /** As in a coordinate. */
  readonly name: string;
  /** As in a coordinate: `0.1.0`, `v0.1.0`. */
  readonly version: string;
  /**
   * Where it comes from: a registry, the workspace itself (a link to a folder), or something else (a git
   * repository, a file, an address), which `version` need not be published under.
   */
  readonly source: 'registry' | 'workspace' | 'other';
  /** The lockfile, relative to the repository's root, and the line that says it, from 1. */
  readonly path: string;
  readonly line: number;
  /** True if the project itself asks for it; false if another package does. */
  readonly isDirect: boolean;
}

/** One lockfile. */
export interface Lockfile {
  readonly path: string;
  readonly kind: 'pnpm' | 'npm' | 'yarn' | 'bun' | 'uv' | 'poetry' | 'pdm' | 'requirements' | 'go';
  /** The folders of the projects whose versions it decides, relative to the repository's root. */
  readonly projects: readonly string[];
  /** Returns everything that a project gets, directly and through other packages; nothing for a folder that is no project. */
  packagesOf(project: string): readonly LockedPackage[];
}
