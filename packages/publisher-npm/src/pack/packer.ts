import type { ArchiveEntry } from '@ameide/publisher-kit';
import type { Problem, Publisher, Result, Step, TreeFile } from '@ameide/versioning-core';
import type { JsonObject } from '../manifest/json.ts';
import type { PackageStamp } from '../manifest/stamp.ts';
import type { NpmPlan } from '../plan.ts';

/**
 * Where a package's manifest and files come from: a folder of the repository, or a bundle that
 * another publisher made.
 */
export interface Packer {
  readonly name: string;
  /** As in `Publisher`. */
  readonly buildsFrom: NonNullable<Publisher['buildsFrom']>;
  /** The folder that is packed, relative to the repository root; absent for a generated bundle. */
  readonly directory?: string;
  /** The program that `pack` runs, if any: `check` looks for it. */
  readonly program?: string;
  /** Scripts that npm would run before it packs, where no program is run: `prepack`. */
  readonly skippedScripts?: readonly string[];
  /** Pure. Throws `InvalidInputError` when a range cannot be resolved for this release. */
  manifest(stamp: PackageStamp): JsonObject;
  /** The files of the commit that would be packed if no program changed anything. Offline. */
  committedFiles?(plan: NpmPlan, step: Step): Promise<readonly TreeFile[]>;
  /** What the maker of the files refuses of the commit. Offline. */
  validate?(plan: NpmPlan, step: Step): Promise<readonly Problem[]>;
  /** Runs the build, and reads what is packed. */
  pack(plan: NpmPlan, step: Step): Promise<Result<Packed>>;
}

export interface Packed {
  /** The package.json that is packed. */
  readonly manifest: JsonObject;
  /** Everything else, with paths relative to the package. */
  readonly files: readonly ArchiveEntry[];
}
