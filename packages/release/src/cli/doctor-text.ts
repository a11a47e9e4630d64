import colors from 'picocolors';
import type { DoctorReport } from '../doctor/report.ts';
import { RULES } from '../doctor/rules/index.ts';
import type { ProblemReport } from '../report/shown.ts';
import { count, problemText } from './deploy-check-text.ts';

/**
 * `doctor` for people: each rule that was broken with its reason, then each place and the exact change. A
 * change that several places share is printed once, before them.
 */
export function doctorText(report: DoctorReport): string {
  const { fixed, notes, problems } = report;
  const byRule = Map.groupBy(problems, ({ code }) => code);
  return [
    ...[...byRule].flatMap(([code, some]) => [...about(code), ...groupText(some)]),
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    ...(fixed.length === 0 ? [] : [colors.green(`${count(fixed.length, 'finding')} fixed.`)]),
    verdict(report),
  ].join('\n');
}

function groupText(problems: readonly ProblemReport[]): readonly string[] {
  const byHint = Map.groupBy(problems, ({ hint }) => hint);
  return [...byHint].flatMap(([hint, some]) =>
    hint === undefined || some.length === 1
      ? some.flatMap(problemText)
      : [
          colors.cyan(`  ${hint}`),
          // Without the empty line after each of them.
          ...some.flatMap(({ hint: _hint, ...one }) => problemText(one).slice(0, -1)),
          '',
        ],
  );
}

function about(code: string): readonly string[] {
  const rule = RULES.find(({ name }) => name === code);
  return rule === undefined ? [] : [`${colors.bold(rule.title)} ${colors.dim(rule.why)}`];
}

function verdict({ definition, exitCode, problems, status }: DoctorReport): string {
  const fixable = problems.filter(({ isFixable }) => isFixable === true).length;
  const hint = fixable === 0 ? '' : ` --fix changes ${fixable} of them.`;
  if (status !== 'converged')
    return colors.red(`${count(problems.length, 'finding')}. Exit ${exitCode} (${status}).${hint}`);
  return definition === undefined
    ? 'Nothing was found, as far as that can be seen without a release definition.'
    : colors.green('Nothing was found: the repository is laid out for a release.');
}
