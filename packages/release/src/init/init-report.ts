import type { Problem } from '@ameide/versioning-core';
import type { ReleaseReport } from '../report/release-report.ts';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import type { PlannedNames } from '../run/planned-names.ts';
import type { Choices } from './choices.ts';
import type { Preview } from './preview.ts';

/** What `init` did to one file. */
export interface InitFile {
  /** Relative to the repository's root. */
  readonly path: string;
  /**
   * With `--dry-run` what it would do. `kept`: there is another one, which nobody asked to replace.
   * `not written`: it should have been, and a problem says why it is not.
   */
  readonly action: 'created' | 'replaced' | 'unchanged' | 'kept' | 'not written';
  /** The whole text that it has or would get. */
  readonly text: string;
}

/** What `init --json` prints. */
export interface InitReport {
  readonly schema: 'ameide-release/init/1';
  readonly status: Status;
  readonly exitCode: number;
  /** False with `--dry-run`, and where a file could not be written. */
  readonly isWritten: boolean;
  readonly files: readonly InitFile[];
  /** What it publishes: `npm:@acme/sdk`, `oci:ghcr.io/acme/sdk`. */
  readonly publishes: readonly string[];
  /** Commands and settings that are still to do, in order. */
  readonly next: readonly string[];
  /** What `plan` says of the definition. */
  readonly plan?: ReleaseReport;
  /** In place of `plan` where the registries were not asked: the names alone. */
  readonly planned?: PlannedNames;
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

export interface InitOutcome {
  readonly choices: Choices;
  readonly files: readonly InitFile[];
  readonly isWritten: boolean;
  readonly next: readonly string[];
  readonly preview?: Preview;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/**
 * Fails for what is wrong with the definition itself. What only keeps it from being published here and
 * now, such as a missing token, is in the plan.
 */
export function initReport(outcome: InitOutcome): InitReport {
  const { choices, files, isWritten, next, preview } = outcome;
  const { plan, planned } = preview ?? {};
  const wrong = (plan?.problems ?? planned?.problems ?? []).filter(({ kind }) => kind === 'input');
  const problems = [...outcome.problems, ...(preview?.problems ?? [])];
  const status = statusOf([...problems, ...wrong]);
  return {
    schema: 'ameide-release/init/1',
    status,
    exitCode: EXIT_CODES[status],
    isWritten,
    files,
    publishes: [
      ...choices.publish.map(({ ecosystem, name }) => `${ecosystem}:${name}`),
      ...choices.images.map(({ image }) => `oci:${image}`),
    ],
    next,
    ...(plan === undefined ? {} : { plan }),
    ...(planned === undefined ? {} : { planned }),
    problems: problems.map((one) => problemReport(one)),
    notes: [...outcome.notes, ...(preview?.notes ?? [])],
  };
}
