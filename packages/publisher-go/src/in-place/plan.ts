import type { Plan } from '@ameide/versioning-core';

/** A module published where it lies. */
export interface InPlacePlan extends Plan {
  /** `refs/tags/packages/sdk/v0.1.0`; null for a dev build, whose pseudo-version `go` derives from the commit. */
  readonly tag: string | null;
}
