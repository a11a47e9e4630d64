/** A package of the repository, as its manifest says. */
export interface FoundPackage {
  readonly ecosystem: 'npm' | 'pypi' | 'go';
  /** As in a coordinate. */
  readonly name: string;
  /** Relative to the repository's root; `''` for the root. */
  readonly directory: string;
  /** Its package.json, pyproject.toml, setup.py, setup.cfg or go.mod. */
  readonly manifest: string;
  /** The version that the manifest states. Absent if it states none, or a program computes it. */
  readonly version?: string;
  /** True if its manifest says that it is not to be published. */
  readonly isPrivate: boolean;
}
