import colors from 'picocolors';
import type { DeployCheckReport } from '../deploy/check-report.ts';
import type { ProblemReport } from '../report/shown.ts';

/** `deploy check` for people: each finding with its place, as editors and terminals open it. */
export function deployCheckText(report: DeployCheckReport): string {
  const { documents, environment, images, notes, others, problems } = report;
  return [
    ...problems.flatMap(problemText),
    `${colors.bold(environment)}: ${count(images.length, 'image')} that the policy covers and ${others} other in ${count(documents, 'document')}`,
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    verdict(report),
  ].join('\n');
}

/** One finding, with an empty line after it. */
export function problemText({
  code,
  field,
  hint,
  message,
  ...place
}: ProblemReport): readonly string[] {
  const at = placeOf(place);
  return [
    `${at === '' ? '' : `${at}  `}${colors.red(code)}${field === undefined ? '' : colors.dim(`  ${field}`)}`,
    `  ${message}`,
    ...(hint === undefined ? [] : [colors.cyan(`  ${hint}`)]),
    '',
  ];
}

function placeOf({ column, line, path }: Pick<ProblemReport, 'path' | 'line' | 'column'>): string {
  return [path, line, column].filter((part) => part !== undefined).join(':');
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function verdict({
  environment,
  exitCode,
  images,
  online,
  problems,
  status,
}: DeployCheckReport): string {
  if (status !== 'converged')
    return colors.red(`${count(problems.length, 'finding')}. Exit ${exitCode} (${status}).`);
  if (images.length === 0)
    return 'Nothing was checked: no manifest here has an image that the policy covers.';
  return colors.green(
    online
      ? `Every image may run in ${environment}, and the registries confirm it.`
      : `Every image may run in ${environment}, as far as the files show. --online asks the registries.`,
  );
}
