import type { JsonObject } from '@ameide/source-files/json';
import type { Catalogs, PackageManager, WorkspacePackage } from '@ameide/source-files/npm';
import { InvalidInputError } from '@ameide/versioning-core';

export const DEPENDENCY_FIELDS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const;
export type DependencyField = (typeof DEPENDENCY_FIELDS)[number];

/** What a range may refer to. */
export interface RangeScope {
  /** The package's directory, relative to the repository root. */
  readonly directory: string;
  /** The root of its workspace, in the same form. */
  readonly workspaceRoot: string;
  /** The manifest that problems refer to: `packages/sdk/package.json`. */
  readonly manifestPath: string;
  /** The package's own version in the source. */
  readonly version: string | undefined;
  readonly manager: PackageManager;
  /** The tool whose form of package.json is published. */
  readonly packer: PackageManager;
  readonly catalogs: Catalogs;
  readonly packages: readonly WorkspacePackage[];
  /**
   * True if the package manager links a plain range (`^0.1.0`) to a workspace package whose version
   * matches.
   */
  readonly linksPlainRanges: boolean;
  /** True if `packageManager` and the publishing scripts are published, too. */
  readonly keepsScripts: boolean;
  /** Returns the release's version of a package that is published with this one. */
  memberVersion(name: string): string | undefined;
}

export function sourceVersion({ version }: JsonObject): string | undefined {
  return typeof version === 'string' ? version : undefined;
}

/** `where` names the dependency: `packages/sdk/package.json: dependencies.@x/b`. */
export function rangeError(
  where: string,
  expected: string,
  received: string,
  hint: string,
): InvalidInputError {
  return new InvalidInputError({ field: where, expected, received, hint }, 'npm-range');
}
