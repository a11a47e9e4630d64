import { askedFor } from './asked.ts';
import type { CliEnvironment } from './environment.ts';
import { reportCrash } from './failure.ts';
import { safeOutput } from './safe-output.ts';

/**
 * Reports an uncaught error of code that a definition left running. Resolves to the exit
 * code: 5 where something may have been sent, else 70.
 */
export async function crash(
  error: unknown,
  argv: readonly string[],
  world: CliEnvironment,
): Promise<number> {
  return reportCrash(error, safeOutput(world), askedFor(argv));
}
