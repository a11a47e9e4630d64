import colors from 'picocolors';
import type { MoveReport } from '../report/move-report.ts';
import { problemLines } from './problem-lines.ts';

/** `move-pointer` for people. */
export function moveText(report: MoveReport): string {
  const { exitCode, from, now, outcome, pointer, problems, registry, sha, status, to } = report;
  const names = now === undefined ? 'not known' : (now ?? 'nothing');
  const ending =
    outcome === 'moved'
      ? colors.green(`Moved from ${from ?? ''} to ${to}.`)
      : outcome === 'already'
        ? colors.green('It names that already; nothing was written.')
        : colors.red(`Exit ${exitCode} (${status}).`);
  return [
    `${colors.bold(pointer)}  ${registry}`,
    `names now   ${names}`,
    `to name     ${to}${sha === undefined ? '' : `, built from ${sha}`}`,
    ...problemLines(problems, { readsOnly: from === undefined }),
    '',
    ending,
  ].join('\n');
}
