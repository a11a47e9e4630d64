import type { CliEnvironment } from './environment.ts';
import type { FailureReport } from './failure.ts';
import { inert } from './plain.ts';

/** Prints a command's report: as JSON, or for people. */
export function printReport<R>(
  env: CliEnvironment,
  json: boolean | undefined,
  report: R,
  text: (report: R) => string,
): void {
  void env.stdout(
    json === true ? `${JSON.stringify(report, null, 2)}\n` : `${text(inert(report))}\n`,
  );
}

/** In a step of GitHub Actions, shows a report's problems there, too. `root` is the repository's. */
export async function reportToActions(
  env: CliEnvironment,
  report: Pick<FailureReport, 'problems' | 'exitCode'>,
  root: string,
): Promise<void> {
  if (env.actions === undefined) return;
  const { reportProblems } = await import('./actions/step-report.ts');
  await reportProblems(env, report, root);
}
