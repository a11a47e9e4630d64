import type { Relation } from '@ameide/versioning-core';
import type { ReleasedArtifact } from './released.ts';

/** What a place gets, or why it stays as it is: to follow "left alone:" */
export type Decision =
  | { readonly to: string; readonly kept?: never }
  | { readonly kept: string; readonly to?: never };

/** How a place is decided. */
export interface DecisionContext {
  readonly artifact: ReleasedArtifact;
  readonly npmRange: 'exact' | 'caret' | 'workspace';
  /** True if the place is in a workspace whose package manager knows `workspace:`, and which has the package. */
  readonly inWorkspace: boolean;
  /** The version of the package in this repository, if its manifest says one. */
  readonly ownVersion?: string;
  /** True if the user named the version or the commit: then also what is newer changes. */
  readonly isNamed: boolean;
  /** How the commit of an image relates to the release's, where only that says which image it is. */
  readonly commit?: Relation;
}
