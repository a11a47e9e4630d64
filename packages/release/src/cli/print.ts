import type { Listener } from '../run/context.ts';
import type { CliEnvironment } from './environment.ts';
import { progressLine } from './output.ts';
import { inert, inertLine } from './plain.ts';

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

/** Returns the listener that prints progress. */
export function printProgress(env: CliEnvironment): Listener {
  return (event) => {
    // One line each, so that no message looks like another step's.
    const shown = { ...inert(event), message: inertLine(event.message) };
    return env.stderr(`${progressLine(shown)}\n`);
  };
}
