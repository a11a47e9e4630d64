import { InvalidInputError } from '@ameide/versioning-core';
import { inputProblem } from '../engine/guard.ts';
import { EXIT_CODES, statusOf } from '../engine/outcome.ts';
import { problemReport } from '../engine/report.ts';
import type { CliEnvironment } from './environment.ts';
import { problemLines } from './output.ts';

/** Tells why a command could not run, and resolves to the exit code: 2 for wrong input, 3 for an abort, 70 for a fault of our own (EX_SOFTWARE). */
export function reportFailure(error: unknown, env: CliEnvironment, json: boolean): number {
  if (error instanceof InvalidInputError) {
    const problem = inputProblem(error);
    const status = statusOf([problem]);
    const exitCode = EXIT_CODES[status];
    if (json)
      env.stdout(
        `${JSON.stringify({ schema: 'ameide-release/failure/1', status, exitCode, problems: [{ ...problemReport(problem), field: error.field }] }, null, 2)}\n`,
      );
    else env.stderr(`${problemLines([problem]).join('\n').trimStart()}\n`);
    return exitCode;
  }
  if (env.signal.aborted) {
    env.stderr('Stopped. Run the same command again to continue.\n');
    return EXIT_CODES.incomplete;
  }
  env.stderr(
    `ameide-release failed by a fault of its own; please report it.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 70;
}
