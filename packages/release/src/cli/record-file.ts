import { InvalidInputError } from '@ameide/versioning-core';
import { isRecordText, recordText } from '../record/make-record.ts';
import type { ReleaseReport } from '../report/release-report.ts';
import { type OutputFile, openOutputFile, withoutFile } from './output-file.ts';

interface RecordArguments {
  /** `--record FILE`. */
  readonly record?: string;
  readonly dryRun?: boolean;
  readonly holdPointers?: boolean;
}

/** Checks that the file of `--record` can be written later. Throws `InvalidInputError`. */
export async function openRecordFile(
  { dryRun, holdPointers, record }: RecordArguments,
  repository: string,
): Promise<OutputFile | undefined> {
  if (record === undefined) return undefined;
  if (dryRun === true || holdPointers === true)
    throw new InvalidInputError({
      field: 'record',
      received: record,
      expected: 'a run that completes the release: without --dry-run and --hold-pointers',
      ...(holdPointers === true ? { hint: 'Pass --record to promote, which comes last.' } : {}),
    });
  return openOutputFile(record, { field: 'record', repository, isOurs: isRecordText });
}

/** Writes the record of a complete release. Adds a note: where it is, or why none was written. */
export async function withRecord(
  report: ReleaseReport,
  file: OutputFile | undefined,
): Promise<ReleaseReport> {
  if (file === undefined) return report;
  const { record } = report;
  const problem = record === undefined ? undefined : await file.write(recordText(record));
  if (problem !== undefined) return withoutFile(report, problem);
  const note =
    record === undefined
      ? `No release record was written to ${file.path}: the release is not complete.`
      : `The release record was written to ${file.path}.`;
  return { ...report, notes: [...report.notes, note] };
}
