import { diffOf } from '@ameide/source-files/text';
import type { Problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';
import type { FoundRelease } from './find-release.ts';
import type { ConsumeChange, KeptPlace, PlannedFile } from './planned-file.ts';
import type { ReleasedArtifact } from './released.ts';

/** What `consume --json` prints. */
export interface ConsumeReport {
  readonly schema: 'ameide-release/consume/1';
  readonly status: Status;
  /** 0 only if every consumer asks for the release: in the files with `--write`, else in the diff. */
  readonly exitCode: number;
  /** The release that is consumed. */
  readonly release: Pick<FoundRelease, 'sha' | 'kind' | 'version'> & {
    readonly artifacts: readonly ReleasedArtifact[];
  };
  /** The files that change, or would. Lockfiles have no changes of their own. */
  readonly files: readonly { readonly path: string; readonly changes: readonly ConsumeChange[] }[];
  /** How many places asked for the release before. */
  readonly same: number;
  readonly kept: readonly KeptPlace[];
  /** True if the files were written. */
  readonly written: boolean;
  /** The changes as a unified diff, which `git apply` takes. */
  readonly diff: string;
  readonly pullRequest?: PullRequestReport;
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

export interface PullRequestReport {
  readonly url: string;
  readonly number: number;
  readonly branch: string;
  readonly outcome: 'opened' | 'updated' | 'unchanged';
}

export interface ConsumeOutcome {
  readonly release: FoundRelease;
  readonly files?: readonly PlannedFile[];
  readonly same?: number;
  readonly kept?: readonly KeptPlace[];
  readonly written?: boolean;
  readonly pullRequest?: PullRequestReport;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export function consumeReport({
  files = [],
  kept = [],
  notes,
  problems,
  pullRequest,
  release,
  same = 0,
  written = false,
}: ConsumeOutcome): ConsumeReport {
  const status = statusOf(problems);
  const { artifacts, kind, sha, version } = release;
  return {
    schema: 'ameide-release/consume/1',
    status,
    exitCode: EXIT_CODES[status],
    release: { sha, kind, version, artifacts },
    files: files.map(({ changes, path }) => ({ path, changes })),
    same,
    kept,
    written,
    diff: diffOf(
      files.map(({ before, ...one }) => ({
        ...one,
        before: before ?? '',
        isNew: before === undefined,
      })),
    ),
    ...(pullRequest === undefined ? {} : { pullRequest }),
    problems: problems.map((one) => problemReport(one)),
    notes: [...new Set(notes)],
  };
}
