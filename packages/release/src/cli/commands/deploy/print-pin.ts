import type { DeployPinReport } from '../../../deploy/pin-report.ts';
import { deployPinText } from '../../deploy-pin-text.ts';
import type { CliEnvironment } from '../../environment.ts';
import { inert } from '../../plain.ts';
import { printReport, reportToActions } from '../../print.ts';

/**
 * Prints what is pinned. For people, standard output gets only the diff, so that `git apply` and `patch`
 * take it from there.
 */
export async function printPin(
  env: CliEnvironment,
  json: boolean | undefined,
  report: DeployPinReport,
): Promise<void> {
  if (json === true || report.written) {
    printReport(env, json, report, deployPinText);
  } else {
    if (report.diff !== '') void (env.patch ?? env.stdout)(report.diff);
    void env.stderr(`${deployPinText(inert(report))}\n`);
  }
  await reportToActions(env, report, process.cwd());
}
