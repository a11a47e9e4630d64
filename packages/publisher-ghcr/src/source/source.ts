import type { Problem, Publisher, Result, SourceTree, Step } from '@ameide/versioning-core';
import type { BuildRegistry } from '../engine/registry-auth.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';

/** The source of an image: files of the repository, a Dockerfile, or a bundle. */
export interface ImageSource {
  readonly description?: string;
  /** Throws `InvalidInputError` if the commit lacks what the build needs. */
  open(source: SourceTree): Promise<void>;
  /** As in `Publisher`. */
  validate(plan: GhcrPlan, step: Step): Promise<readonly Problem[]>;
  /** As in `Publisher`. */
  checkTools(step: Step): Promise<readonly Problem[]>;
  /** As in `Publisher`. */
  readonly buildsFrom: NonNullable<Publisher['buildsFrom']>;
  /** As in `Publisher`. */
  buildKey?(): string;
  /** As in `Publisher`. */
  readonly isReproducible: boolean;
  /** As in `Publisher`. */
  build(plan: GhcrPlan, step: Step, registry: BuildRegistry): Promise<Result<GhcrBuilt>>;
}
