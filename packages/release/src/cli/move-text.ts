import colors from 'picocolors';
import type { MoveReport } from '../report/move-report.ts';
import { plain } from './plain.ts';
import { problemLines } from './problem-lines.ts';

/** `move-pointer` for people. */
export function moveText(report: MoveReport): string {
  const { exitCode, from, now, outcome, pointer, problems, registry, sha, status, to } = report;
  const names = now === undefined ? 'not known' : (now ?? 'nothing');
  const ending =
    outcome === 'moved'
      ? colors.green(`Moved from ${plain(from ?? '')} to ${to}.`)
      : outcome === 'already'
        ? colors.green('It names that already; nothing was written.')
        : colors.red(`Exit ${exitCode} (${status}).`);
  return [
    `${colors.bold(plain(pointer))}  ${registry}`,
    `names now   ${plain(names)}`,
    `to name     ${plain(to)}${sha === undefined ? '' : `, built from ${sha}`}`,
    ...problemLines(problems, { readsOnly: from === undefined }),
    '',
    ending,
  ].join('\n');
}
