import type { Coordinate } from './coordinate.ts';
import type { Problem } from './problem.ts';

/** What a person asks for: the message that everybody sees who installs this version. */
export interface RequestedDeprecation {
  readonly coordinate: Coordinate;
  /** Further versions of the same package, which get the same message in the same write. Default none. */
  readonly otherVersions?: readonly string[];
  /** One line. Empty: the version is not deprecated any more. */
  readonly message: string;
}

export interface Deprecation {
  readonly coordinate: Coordinate;
  /** `blocked`: the registry does not show the message, and `problem` says why. */
  readonly outcome: 'changed' | 'already' | 'blocked';
  /** What the registry said of `coordinate` before; empty if nothing, absent if unknown. */
  readonly from?: string;
  /** Present when `blocked`. */
  readonly problem?: Problem;
}
