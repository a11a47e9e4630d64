import type { Deprecation, Problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from './shown.ts';
import { EXIT_CODES, type Status, statusOf } from './status.ts';

/** What `deprecate` was asked for, what it found and what it did. `--json` prints it. */
export interface DeprecationReport {
  readonly schema: 'ameide-release/deprecation/1';
  readonly status: Status;
  readonly exitCode: number;
  readonly publisher: string;
  readonly registry: string;
  /** `npm:@scope/name@1.2.3`. */
  readonly coordinate: string;
  /** The commit that the version was built from; absent if that is not known. */
  readonly sha?: string;
  /** What clients should be told, empty for nothing; absent if nothing was asked for. */
  readonly message?: string;
  /** What the registry told clients before, empty for nothing; absent if unknown. */
  readonly before?: string;
  /** Absent if nothing was tried. */
  readonly outcome?: Deprecation['outcome'];
  readonly problems: readonly ProblemReport[];
}

export type DeprecationFacts = Omit<
  DeprecationReport,
  'schema' | 'status' | 'exitCode' | 'problems'
>;

export function deprecationReport(
  facts: DeprecationFacts,
  problems: readonly Problem[],
): DeprecationReport {
  const status = statusOf(problems);
  return {
    schema: 'ameide-release/deprecation/1',
    status,
    exitCode: EXIT_CODES[status],
    ...facts,
    problems: problems.map((one) => problemReport(one, facts.publisher)),
  };
}
