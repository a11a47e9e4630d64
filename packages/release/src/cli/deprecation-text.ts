import colors from 'picocolors';
import type { DeprecationReport } from '../report/deprecation-report.ts';
import { plain } from './plain.ts';
import { problemLines } from './problem-lines.ts';

/** `deprecate` for people. */
export function deprecationText(report: DeprecationReport): string {
  const { before, coordinate, exitCode, message, outcome, problems, registry, sha, status } =
    report;
  const ending =
    outcome === 'changed'
      ? colors.green(message === '' ? 'Not deprecated any more.' : 'Deprecated.')
      : outcome === 'already'
        ? colors.green('The registry says that already; nothing was written.')
        : colors.red(`Exit ${exitCode} (${status}).`);
  return [
    `${colors.bold(plain(coordinate))}  ${registry}${sha === undefined ? '' : `, built from ${sha}`}`,
    `said before  ${before === undefined ? 'not known' : said(before)}`,
    ...(message === undefined ? [] : [`to say       ${said(message)}`]),
    ...problemLines(problems, { readsOnly: message === undefined }),
    '',
    ending,
  ].join('\n');
}

function said(message: string): string {
  return message === '' ? 'nothing' : plain(message);
}
