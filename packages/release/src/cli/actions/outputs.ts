import type { ReleaseReport } from '../../report/release-report.ts';
import { isThere } from './summary.ts';

export type Outputs = Readonly<Record<string, string>>;

/** The outputs of a step that ran `plan`, `build`, `publish` or `promote`. Lists and objects are JSON. */
export function releaseOutputs(report: ReleaseReport): Outputs {
  const { artifacts, exitCode, release, status } = report;
  const there = artifacts.filter(isThere);
  const published = artifacts.filter(({ outcome }) => outcome === 'published');
  const digests = there.flatMap(({ coordinate, digest }) =>
    digest === undefined ? [] : [[coordinate, digest] as const],
  );
  return {
    ...failureOutputs({ status, exitCode }),
    channel: release.channel,
    sha: release.sha,
    published: JSON.stringify(published.map(({ coordinate }) => coordinate)),
    available: JSON.stringify(there.map(({ coordinate }) => coordinate)),
    digests: JSON.stringify(Object.fromEntries(digests)),
  };
}

/** The same of a run that could not begin. */
export function failureOutputs(ended: {
  readonly status: string;
  readonly exitCode: number;
}): Outputs {
  return {
    status: ended.status,
    'exit-code': String(ended.exitCode),
    published: '[]',
    available: '[]',
    digests: '{}',
  };
}
