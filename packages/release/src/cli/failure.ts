import { InvalidInputError, inputProblem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status } from '../report/status.ts';
import { machineFault, reasonOf } from '../run/faults.ts';
import type { CliEnvironment } from './environment.ts';
import { inert } from './plain.ts';
import { problemLines } from './problem-lines.ts';

/** What `--json` prints when a command could not run. It sent nothing. */
export interface FailureReport {
  readonly schema: 'ameide-release/failure/1';
  readonly status: Status | 'internal-error';
  readonly exitCode: number;
  readonly problems: readonly ProblemReport[];
}

/** EX_SOFTWARE of sysexits.h. */
const INTERNAL_ERROR = 70;

/**
 * Prints why a command could not run. Returns the exit code: 2 for wrong input, 3 for an abort or a
 * machine fault, 70 for a bug in this program.
 */
export function reportFailure(
  error: unknown,
  env: CliEnvironment,
  { json, readsOnly }: { readonly json: boolean; readonly readsOnly: boolean },
): number {
  return print(failureOf(error, env.signal), error, env, { json, readsOnly });
}

/**
 * Prints an error that nothing caught, thrown while the command ran. Returns the exit code: 5 if the
 * command writes to registries, else as `reportFailure`.
 */
export function reportCrash(
  error: unknown,
  env: CliEnvironment,
  { json, writes }: { readonly json: boolean; readonly writes: boolean },
): number {
  const report = writes ? crashWhileWriting(error) : failureOf(error, env.signal);
  return print(report, error, env, { json, readsOnly: !writes });
}

function crashWhileWriting(error: unknown): FailureReport {
  return failure('unknown', {
    code: 'crashed',
    kind: 'unknown',
    message: `ameide-release was ended by an error that nothing caught: ${reasonOf(error)}`,
    hint: 'The lines below say where it is from: code that the release definition started and did not wait for, or a bug in ameide-release. Run the same command again: it continues from what the registries hold.',
    effect: 'unknown',
    rerun: 'safe',
  });
}

const WITH_STACK: ReadonlySet<string | undefined> = new Set(['internal-error', 'crashed']);

function print(
  report: FailureReport,
  error: unknown,
  env: CliEnvironment,
  { json, readsOnly }: { readonly json: boolean; readonly readsOnly: boolean },
): number {
  const text = (): string =>
    problemLines(inert(report.problems), { readsOnly }).join('\n').trimStart();
  if (json) void env.stdout(`${JSON.stringify(report, null, 2)}\n`);
  else void env.stderr(`${text()}\n`);
  if (WITH_STACK.has(report.problems[0]?.code) && error instanceof Error)
    void env.stderr(`${error.stack ?? ''}\n`);
  return report.exitCode;
}

/** Reports a wrong command line. The parser has already printed the reason for people. */
export function reportUsage(message: string, env: CliEnvironment, json: boolean): number {
  const problem = {
    code: 'usage',
    kind: 'input',
    message,
    effect: 'none',
    rerun: 'after-fix',
  } as const;
  if (json) void env.stdout(`${JSON.stringify(failure('invalid-input', problem), null, 2)}\n`);
  return EXIT_CODES['invalid-input'];
}

function failureOf(error: unknown, signal: AbortSignal): FailureReport {
  if (error instanceof InvalidInputError) {
    return failure('invalid-input', problemReport(inputProblem(error)));
  }
  if (signal.aborted) {
    const message = 'The command was stopped before anything was sent to a registry.';
    return failure('incomplete', {
      code: 'interrupted',
      kind: 'incomplete',
      message,
      effect: 'none',
      rerun: 'safe',
    });
  }
  const fault = machineFault(error);
  if (fault !== undefined)
    return failure('incomplete', {
      ...fault,
      kind: 'incomplete',
      message: reasonOf(error),
      effect: 'none',
    });
  const message = `ameide-release failed because of a bug in it:  ${reasonOf(error)}`;
  const hint = 'Please report this bug with the lines below.';
  return failure('internal-error', {
    code: 'internal-error',
    kind: 'incomplete',
    message,
    hint,
    effect: 'none',
    rerun: 'safe',
  });
}

function failure(
  status: FailureReport['status'],
  problem: FailureReport['problems'][number],
): FailureReport {
  const exitCode = status === 'internal-error' ? INTERNAL_ERROR : EXIT_CODES[status];
  return { schema: 'ameide-release/failure/1', status, exitCode, problems: [problem] };
}
