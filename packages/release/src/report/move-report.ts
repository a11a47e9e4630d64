import type { PointerMove, Problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from './shown.ts';
import { EXIT_CODES, type Status, statusOf } from './status.ts';

/** What `move-pointer` was asked for, what it found and what it did. `--json` prints it. */
export interface MoveReport {
  readonly schema: 'ameide-release/move/1';
  readonly status: Status;
  readonly exitCode: number;
  readonly publisher: string;
  readonly registry: string;
  /** `npm:@scope/name@dev`. */
  readonly pointer: string;
  /** The published version that it should name. */
  readonly to: string;
  /** The commit that this version was built from; absent if that is not known. */
  readonly sha?: string;
  /** What the caller said that it names; absent if nothing was said. */
  readonly from?: string;
  /** What it names now: null for nothing, absent if unknown. */
  readonly now?: string | null;
  /** Absent if nothing was tried. */
  readonly outcome?: PointerMove['outcome'];
  readonly problems: readonly ProblemReport[];
}

export type MoveFacts = Omit<MoveReport, 'schema' | 'status' | 'exitCode' | 'problems'>;

export function moveReport(facts: MoveFacts, problems: readonly Problem[]): MoveReport {
  const status = statusOf(problems);
  return {
    schema: 'ameide-release/move/1',
    status,
    exitCode: EXIT_CODES[status],
    ...facts,
    problems: problems.map((one) => problemReport(one, facts.publisher)),
  };
}
