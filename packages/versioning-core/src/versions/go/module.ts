import type { GoRetraction } from './mod-rules.ts';

/** Where a Go module is: its path in go.mod and its folder in the repository. */
export interface GoModuleLocation {
  readonly modulePath: string;
  /** Relative to the repository's root, `packages/ameide_sdk_go`; also the prefix of its tags. */
  readonly directory?: string;
}

/** A Go module that is not at the repository's root, or has a major version above 1. */
export interface GoModule extends Partial<GoModuleLocation> {
  /** The versions that the module has retracted: see `retractingTag`. Default none. */
  readonly retracted?: readonly GoRetraction[];
}
