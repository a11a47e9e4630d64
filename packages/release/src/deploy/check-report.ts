import { type CheckResult, type FoundImage, formatImageReference } from '@ameide/deploy-policy';
import { type Problem, problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status, statusOf } from '../report/status.ts';

/** What `deploy check --json` prints. */
export interface DeployCheckReport {
  readonly schema: 'ameide-release/deploy-check/1';
  readonly status: Status;
  /** 0 only if nothing is wrong, and with `--online` every registry has answered. */
  readonly exitCode: number;
  readonly environment: string;
  readonly documents: number;
  /** The images that the policy applies to. */
  readonly images: readonly ShownImage[];
  /** How many images of other people there are. */
  readonly others: number;
  /** True if the registries were asked. */
  readonly online: boolean;
  /** Each with the rule as `code`, a place (`path`, `line`, `column`, `field`) and the fix as `hint`. */
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

type ShownImage = Omit<FoundImage, 'reference'> & {
  /** In full: `ghcr.io/acme/sdk:0.1.0`. */
  readonly image: string;
};

export function checkReport(
  { documents, images, notes, others, problems }: CheckResult,
  { environment, online }: { readonly environment: string; readonly online: boolean },
): DeployCheckReport {
  const all = documents === 0 && problems.length === 0 ? [nothingToCheck()] : problems;
  const status = statusOf(all);
  return {
    schema: 'ameide-release/deploy-check/1',
    status,
    exitCode: EXIT_CODES[status],
    environment,
    documents,
    images: images.map(({ reference, ...image }) => ({
      ...image,
      image: formatImageReference(reference),
    })),
    others,
    online,
    problems: all.map((one) => problemReport(one)),
    notes:
      images.length === 0 && documents > 0
        ? [...notes, 'No manifest here has an image that the policy covers: nothing was checked.']
        : notes,
  };
}

function nothingToCheck(): Problem {
  return problem({
    code: 'deploy-nothing-to-check',
    kind: 'input',
    message:
      'There is no document to check: every file is empty, or there is no YAML below the folder.',
    hint: 'Name the files or folders that hold manifests.',
  });
}
