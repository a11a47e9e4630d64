import colors from 'picocolors';
import type { ConsumeReport } from '../consume/consume-report.ts';
import { count, problemText } from './deploy-check-text.ts';
import { short, table } from './table.ts';

/** What `consume` tells people besides the diff. */
export function consumeText(report: ConsumeReport): string {
  const { exitCode, files, kept, notes, problems, release, status } = report;
  const changes = files.flatMap((file) => file.changes);
  const locks = files.filter((file) => file.changes.length === 0);
  return [
    `${release.kind === 'dev' ? 'Dev build' : 'Release'} ${release.version} of commit ${release.sha}.`,
    '',
    ...(changes.length === 0
      ? []
      : [table(['FILE', 'ARTIFACT', 'FROM', 'TO'], changes.map(changeRow)), '']),
    ...locks.map(({ path }) => `${path}  ${colors.dim('renewed by its tool')}`),
    ...(locks.length === 0 ? [] : ['']),
    ...(kept.length === 0
      ? []
      : [table(['LEFT ALONE', 'ARTIFACT', 'ASKS FOR', 'REASON'], kept.map(keptRow)), '']),
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    ...problems.flatMap(problemText),
    status === 'converged'
      ? colors.green(done(report))
      : colors.red(`Nothing was written. Exit ${exitCode} (${status}).`),
  ].join('\n');
}

type Change = ConsumeReport['files'][number]['changes'][number];

function changeRow({ from, line, name, path, to }: Change): readonly string[] {
  return [`${path}:${line}`, name, short(from), short(to)];
}

function keptRow({
  line,
  name,
  path,
  reason,
  requirement,
}: ConsumeReport['kept'][number]): readonly string[] {
  return [`${path}:${line}`, name, short(requirement), reason];
}

function done({ files, pullRequest, same, written }: ConsumeReport): string {
  if (pullRequest !== undefined) {
    const { number, outcome, url } = pullRequest;
    return `Pull request #${number} ${outcome === 'unchanged' ? 'has these changes already' : `was ${outcome}`}: ${url}`;
  }
  if (files.length === 0)
    return same === 0
      ? 'No consumer here asks for what this release has, apart from those left alone.'
      : `Every consumer asks for it already (${count(same, 'place')}): no file changes.`;
  return written
    ? `${count(files.length, 'file')} written.`
    : `${count(files.length, 'file')} would change: run it again with --write to write them.`;
}
