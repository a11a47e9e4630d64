import type { ArchiveEntry } from '@ameide/publisher-kit';
import type { JsonObject } from '@ameide/source-files/json';
import type { Problem, Publisher, Result, Step, TreeFile } from '@ameide/versioning-core';
import type { PackageStamp } from '../manifest/stamp.ts';
import type { NpmPlan } from '../plan.ts';

/**
 * The source of a package's manifest and files: a folder of the repository, or another publisher's
 * bundle.
 */
export interface Packer {
  readonly name: string;
  /** As in `Publisher`. */
  readonly buildsFrom: NonNullable<Publisher['buildsFrom']>;
  /** As in `Publisher`. */
  readonly buildKey?: (plan: NpmPlan) => string;
  /** As in `Publisher`. */
  readonly isReproducible: boolean;
  /** The folder to pack, relative to the repository root; absent for a generated bundle. */
  readonly directory?: string;
  /** The program that `pack` runs, if any. `check` looks for it. */
  readonly program?: string;
  /** Scripts such as `prepack` that npm would run before packing, and that nothing runs here. */
  readonly skippedScripts?: readonly string[];
  /** Files that `pack` makes of the others, which are checked themselves. */
  readonly generated?: readonly string[];
  /** Pure. Throws `InvalidInputError` if a range cannot be resolved for this release. */
  manifest(stamp: PackageStamp): JsonObject;
  /**
   * Returns the files of the commit that would be packed if no program changed anything. Offline.
   */
  committedFiles?(plan: NpmPlan, step: Step): Promise<readonly TreeFile[]>;
  /** Reports what the bundle's maker refuses in the commit. Offline. */
  validate?(plan: NpmPlan, step: Step): Promise<readonly Problem[]>;
  /** Runs the build and reads the result. */
  pack(plan: NpmPlan, step: Step): Promise<Result<Packed>>;
}

export interface Packed {
  /** The package.json that is packed. */
  readonly manifest: JsonObject;
  /** All other files, with paths relative to the package. */
  readonly files: readonly ArchiveEntry[];
}
