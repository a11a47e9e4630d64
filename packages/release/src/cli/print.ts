import type { CliEnvironment } from './environment.ts';
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
