import type { ArchiveEntry } from '@ameide/publisher-kit';
import type { Publisher, Release, Result, Step } from '@ameide/versioning-core';
import type { JsonObject } from '../manifest/json.ts';
import type { NpmPlan } from '../plan.ts';

/**
 * Where a package's manifest and files come from: a folder of the repository, or a bundle that
 * another publisher made.
 */
export interface Packer {
  readonly name: string;
  /** As in `Publisher`. */
  readonly buildsFrom: NonNullable<Publisher['buildsFrom']>;
  /** The program that `files` runs, if any: `check` looks for it. */
  readonly program?: string;
  /** Scripts that npm would run before it packs, where no program is run: `prepack`. */
  readonly skippedScripts?: readonly string[];
  /** Pure. Throws `InvalidInputError` when a range cannot be resolved for this release. */
  manifest(release: Release): JsonObject;
  /** Everything to pack but package.json, with paths relative to the package. Runs the build. */
  files(plan: NpmPlan, step: Step): Promise<Result<readonly ArchiveEntry[]>>;
}
