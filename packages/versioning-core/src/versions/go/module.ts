import type { GoRetraction } from './mod-rules.ts';

/** Where a Go module is: its path from go.mod, and its folder in the repository. */
export interface GoModuleLocation {
  readonly modulePath: string;
  /** Relative to the repository's root, `packages/ameide_sdk_go`: the prefix of its tags. */
  readonly directory?: string;
}

/** A Go module, when it is not the repository's root with major version 0 or 1. */
export interface GoModule extends Partial<GoModuleLocation> {
  /**
   * What the module has retracted, in whichever commit: see `retractingTag`. Nothing by default.
   */
  readonly retracted?: readonly GoRetraction[];
}
