import type { Pin, PinChange } from '@ameide/deploy-policy';
import { type Problem, problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';

/** What `deploy pin --json` and `deploy rollback --json` print. */
export interface DeployPinReport {
  readonly schema: 'ameide-release/deploy-pin/1' | 'ameide-release/deploy-rollback/1';
  readonly status: Status;
  /** 0 only if every image that was asked for is pinned: in the files with `--write`, else in the diff. */
  readonly exitCode: number;
  readonly environment: string;
  /** What each image is pinned to. */
  readonly pins: readonly Pin[];
  /** The files that change, or would. */
  readonly files: readonly { readonly path: string; readonly changes: readonly PinChange[] }[];
  /** True if the files were written. */
  readonly written: boolean;
  /** The changes as a unified diff, which `git apply` takes. */
  readonly diff: string;
  /** Of a rollback: the commit of the manifests that had these images. */
  readonly earlier?: string;
  readonly problems: readonly ProblemReport[];
}

export interface PinOutcome {
  readonly environment: string;
  readonly earlier?: string;
  readonly pins?: readonly Pin[];
  /** How many images are pinned now, also those that were before. */
  readonly pinned?: number;
  readonly files?: DeployPinReport['files'];
  readonly diff?: string;
  readonly written?: boolean;
  readonly problems: readonly Problem[];
}

export function pinReport(
  {
    diff = '',
    earlier,
    environment,
    files = [],
    pinned = 0,
    pins = [],
    problems,
    written = false,
  }: PinOutcome,
  schema: DeployPinReport['schema'],
): DeployPinReport {
  const all = problems.length === 0 && pinned === 0 ? [nothingToPin()] : problems;
  const status = statusOf(all);
  return {
    schema,
    status,
    exitCode: EXIT_CODES[status],
    environment,
    pins,
    files: files.map(({ changes, path }) => ({ path, changes })),
    written,
    diff,
    ...(earlier === undefined ? {} : { earlier }),
    problems: all.map((one) => problemReport(one)),
  };
}

function nothingToPin(): Problem {
  return problem({
    code: 'deploy-nothing-to-pin',
    kind: 'input',
    message: 'No manifest here has an image that could be pinned.',
    hint: 'Name manifests that have images of the release definition, or name the images with --only.',
  });
}
