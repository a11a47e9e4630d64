import type { Problem, Publisher, Result, SourceTree, Step } from '@ameide/versioning-core';
import type { BuildRegistry } from '../engine/registry-auth.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';

/** What an image is made from: files of the repository, a Dockerfile, or a bundle. */
export interface ImageSource {
  readonly description?: string;
  /** Throws `InvalidInputError` when the commit does not hold what is to be built. */
  open(source: SourceTree): Promise<void>;
  /** As in `Publisher`. */
  validate(plan: GhcrPlan, step: Step): Promise<readonly Problem[]>;
  /** Tools that the build needs. Reads only. */
  check(step: Step): Promise<readonly Problem[]>;
  /** As in `Publisher`. */
  readonly buildsFrom: NonNullable<Publisher['buildsFrom']>;
  /** As in `Publisher`. */
  build(plan: GhcrPlan, step: Step, registry: BuildRegistry): Promise<Result<GhcrBuilt>>;
}
