import colors from 'picocolors';
import type { DeployPinReport } from '../deploy/pin-report.ts';
import { count, problemText } from './deploy-check-text.ts';
import { short, table } from './table.ts';

/** What `deploy pin` and `deploy rollback` tell people besides the diff. */
export function deployPinText(report: DeployPinReport): string {
  const { earlier, exitCode, files, pins, problems, status } = report;
  const shown = [
    ...(earlier === undefined ? [] : [`As in commit ${earlier} of the manifests:`]),
    ...(pins.length === 0
      ? []
      : [table(['IMAGE', 'TAG', 'DIGEST', 'COMMIT'], pins.map(pinRow)), '']),
    ...(report.written ? files.flatMap(fileLines) : []),
    ...problems.flatMap(problemText),
  ];
  return [
    ...shown,
    status === 'converged'
      ? colors.green(done(report))
      : colors.red(`Exit ${exitCode} (${status}).`),
  ].join('\n');
}

function pinRow({
  digest = '',
  name,
  sha,
  tag,
}: DeployPinReport['pins'][number]): readonly string[] {
  return [name, short(tag), short(digest), short(sha)];
}

function fileLines({ changes, path }: DeployPinReport['files'][number]): readonly string[] {
  return changes.map(({ field, from, line, to }) => {
    const before = from === undefined ? '' : `${short(from)} -> `;
    return `${path}:${line}  ${colors.dim(field)}  ${before}${short(to)}`;
  });
}

function done({ files, written }: DeployPinReport): string {
  if (files.length === 0) return 'Everything is pinned to that already: no file changes.';
  return written
    ? `${count(files.length, 'file')} written.`
    : `${count(files.length, 'file')} would change: run it again with --write to write them.`;
}
