import { diffOf } from '@ameide/source-files/text';
import { type Problem, problem } from '@ameide/versioning-core';
import { editsBetween } from '../files/edits-between.ts';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import type { DoctorResult } from './doctor.ts';
import { type ShownFinding, together } from './together.ts';

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
  readonly fixed: readonly Omit<ShownFinding, 'fix' | 'together'>[];
  /** The changes of `--fix` as a unified diff. */
  readonly diff: string;
  /** True if the files were written. */
  readonly written: boolean;
  readonly notes: readonly string[];
}

type DoctorProblem = ProblemReport & {
  /** True if `--fix` changes it. */
  readonly isFixable?: true;
  /** Every file of a finding that stands for several; `path` is the first. */
  readonly paths?: readonly string[];
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
    problems: [...together(findings).map(shown), ...others.map((one) => problemReport(one))],
    fixed: notWritten.length > 0 ? [] : together(fixed).map(withoutFix),
    diff: diffOf(
      files.map(({ before, path, text }) => ({ path, before, edits: editsBetween(before, text) })),
    ),
    written: files.length > 0 && notWritten.length === 0,
    notes,
  };
}

function withoutFix({
  fix: _fix,
  together: _together,
  ...finding
}: ShownFinding): DoctorReport['fixed'][number] {
  return finding;
}

function problemOf({ column, hint, line, message, path, rule: code }: ShownFinding): Problem {
  return problem({ code, kind: 'policy', message, hint, path, line, column });
}

function shown(finding: ShownFinding): DoctorProblem {
  const { fix, paths } = finding;
  return {
    ...problemReport(problemOf(finding)),
    ...(fix === undefined ? {} : { isFixable: true }),
    ...(paths === undefined ? {} : { paths }),
  };
}
