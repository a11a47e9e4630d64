import colors from 'picocolors';
import type { InitFile, InitReport } from '../../../init/init-report.ts';
import { reportTable } from '../../output.ts';
import { plannedText } from '../../planned-text.ts';
import { problemLines } from '../../problem-lines.ts';
import { table } from '../../table.ts';

/** `init` for people. */
export function initText(report: InitReport): string {
  const { files, isWritten, next, notes, plan, planned, problems } = report;
  const hasFailed = files.some(({ action }) => action === 'not written');
  return [
    table(
      [isWritten || hasFailed ? 'DONE' : 'WOULD BE', 'FILE'],
      files.map(({ action, path }) => [shownAction(action), path]),
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

function shownAction(action: InitFile['action']): string {
  if (action === 'kept') return colors.yellow('kept as it is');
  return action === 'not written' ? colors.red(action) : action;
}
