import colors from 'picocolors';
import type { InitReport } from '../../../init/init-report.ts';
import { reportTable } from '../../output.ts';
import { plannedText } from '../../planned-text.ts';
import { problemLines } from '../../problem-lines.ts';
import { table } from '../../table.ts';

/** `init` for people. */
export function initText(report: InitReport): string {
  const { files, isWritten, next, notes, plan, planned, problems } = report;
  return [
    table(
      [isWritten ? 'DONE' : 'WOULD BE', 'FILE'],
      files.map(({ action, path }) => [
        action === 'kept' ? colors.yellow('kept as it is') : action,
        path,
      ]),
    ),
    ...(plan === undefined ? [] : ['', colors.bold('ameide-release plan'), reportTable(plan)]),
    ...(planned === undefined ? [] : [plannedText(planned)]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => colors.dim(`note: ${note}`))]),
    ...problemLines(problems, { readsOnly: true }),
    ...(next.length === 0
      ? []
      : ['', colors.bold('Next:'), ...next.map((step, index) => `  ${index + 1}. ${step}`)]),
  ].join('\n');
}
