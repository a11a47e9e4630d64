import colors from 'picocolors';
import type { DeprecationReport } from '../report/deprecation-report.ts';
import { problemLines } from './problem-lines.ts';

/** `deprecate` for people. */
export function deprecationText(report: DeprecationReport): string {
  const { before, coordinate, exitCode, message, outcome, problems, registry, sha, status } =
    report;
  const ending =
    outcome === 'changed'
      ? colors.green(message === '' ? 'Not deprecated any more.' : 'Deprecated.')
      : outcome === 'already'
        ? colors.green('The registry shows this message already; nothing was written.')
        : colors.red(`Exit ${exitCode} (${status}).`);
  return [
    `${colors.bold(coordinate)}  ${registry}${sha === undefined ? '' : `, built from ${sha}`}`,
    `message before  ${before === undefined ? 'not known' : shown(before)}`,
    ...(message === undefined ? [] : [`new message     ${shown(message)}`]),
    ...problemLines(problems, { readsOnly: message === undefined }),
    '',
    ending,
  ].join('\n');
}

function shown(message: string): string {
  return message === '' ? 'none' : message;
}
