import type { Ecosystem, Removed } from '@ameide/versioning-core';
import type { ProblemReport } from '../report/shown.ts';
import type { Status } from '../report/status.ts';
import type { KeepReason } from './decide.ts';

/** Which dev builds are kept, which are to be removed, and what was done. `prune --json` prints it. */
export interface PruneReport {
  readonly schema: 'ameide-release/prune/1';
  readonly status: Status;
  readonly exitCode: number;
  /** True without `--yes`: nothing was removed. */
  readonly isPlan: boolean;
  /** Every dev build of every artifact that can be removed from its registry, the newest first. */
  readonly versions: readonly PrunedVersion[];
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

export interface PrunedVersion {
  readonly publisher: string;
  readonly ecosystem: Ecosystem;
  readonly registry: string;
  /** The text from `formatCoordinate`. */
  readonly coordinate: string;
  /** The source SHA, if the registry's list has it. */
  readonly sha?: string;
  /** When its commit was made, ISO 8601, UTC. */
  readonly datetime?: string;
  readonly action: 'keep' | 'remove';
  /** Why it is kept. */
  readonly reason?: KeepReason;
  /** The result of the removal; absent in a plan, and if `action` is `keep`. */
  readonly outcome?: Removed['outcome'];
  /** Why the publisher kept it although `action` is `remove`. */
  readonly explanation?: string;
}
