import type { Ecosystem, Removed } from '@ameide/versioning-core';
import type { ProblemReport } from '../report/shown.ts';
import type { Status } from '../report/status.ts';
import type { KeepReason } from './decide.ts';

/** Which dev builds stay, which go, and what was done. `prune --json` prints it. */
export interface PruneReport {
  readonly schema: 'ameide-release/prune/1';
  readonly status: Status;
  readonly exitCode: number;
  /** True if nothing was removed because nobody said `--yes`. */
  readonly isPlan: boolean;
  /** Every dev build of every artifact whose registry removes, the newest first. */
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
  /** The source SHA, if the registry's list says it. */
  readonly sha?: string;
  /** When its commit was made, ISO 8601, UTC. */
  readonly datetime?: string;
  readonly action: 'keep' | 'remove';
  /** Why it stays. */
  readonly reason?: KeepReason;
  /** What became of it; absent in a plan, and for what stays. */
  readonly outcome?: Removed['outcome'];
  /** Why the registry's publisher kept it. */
  readonly explanation?: string;
}
