import { diffOf } from '@ameide/source-files/text';
import { type Problem, problem } from '@ameide/versioning-core';
import { editsBetween } from '../files/edits-between.ts';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import type { DoctorResult } from './doctor.ts';
import type { Finding } from './finding.ts';

/** What `doctor --json` prints. */
export interface DoctorReport {
  readonly schema: 'ameide-release/doctor/1';
  readonly status: Status;
  /** 0 only if nothing is found, and everything could be read. */
  readonly exitCode: number;
  /** The release definition, relative to the repository's root. Absent if there is none. */
  readonly definition?: string;
  /** Each with the rule as `code`, a place (`path`, `line`, `column`) and the change as `hint`. */
  readonly problems: readonly DoctorProblem[];
  /** What `--fix` has fixed. */
  readonly fixed: readonly Omit<Finding, 'fix'>[];
  /** The changes of `--fix` as a unified diff. */
  readonly diff: string;
  /** True if the files were written. */
  readonly written: boolean;
  readonly notes: readonly string[];
}

type DoctorProblem = ProblemReport & {
  /** True if `--fix` changes it. */
  readonly isFixable?: true;
};

export function doctorReport(
  { definition, files, fixed, result }: DoctorResult,
  notWritten: readonly Problem[],
): DoctorReport {
  const { findings, notes, problems } = result;
  const others = [...problems, ...notWritten];
  const status = statusOf([...findings.map(problemOf), ...others]);
  return {
    schema: 'ameide-release/doctor/1',
    status,
    exitCode: EXIT_CODES[status],
    ...(definition === undefined ? {} : { definition }),
    problems: [...findings.map(shown), ...others.map((one) => problemReport(one))],
    fixed: notWritten.length > 0 ? [] : fixed.map(withoutFix),
    diff: diffOf(
      files.map(({ before, path, text }) => ({ path, before, edits: editsBetween(before, text) })),
    ),
    written: files.length > 0 && notWritten.length === 0,
    notes,
  };
}

function withoutFix({ fix: _fix, ...finding }: Finding): Omit<Finding, 'fix'> {
  return finding;
}

function problemOf({ column, hint, line, message, path, rule: code }: Finding): Problem {
  return problem({ code, kind: 'policy', message, hint, path, line, column });
}

function shown(finding: Finding): DoctorProblem {
  const report = problemReport(problemOf(finding));
  return finding.fix === undefined ? report : { ...report, isFixable: true };
}
