import { shownAddress } from '../observe/address.ts';
import { isProgramObserved, reportProgram } from '../observe/traffic.ts';
import type { Redactor } from '../secret/redactor.ts';
import type { Command } from './processes.ts';
import { type Ended, failureOf } from './result.ts';

/** Runs one program, and reports to the traffic listeners how it ended. */
export async function observed(
  argv: Command['argv'],
  redactor: Redactor,
  start: () => Promise<Ended>,
): Promise<Ended> {
  if (!isProgramObserved()) return start();
  const begun = performance.now();
  const report = (exitCode?: number, failure?: string): void =>
    reportProgram({
      argv: argv.map((word) => shownAddress(redactor.redact(word))),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(failure === undefined ? {} : { failure }),
      ms: Math.round(performance.now() - begun),
    });
  try {
    const ended = await start();
    report(ended.exitCode, failureOf(ended));
    return ended;
  } catch (error) {
    report(undefined, 'aborted');
    throw error;
  }
}
