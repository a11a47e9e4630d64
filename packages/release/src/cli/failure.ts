import { InvalidInputError, inputProblem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status } from '../report/status.ts';
import { machineFault, reasonOf } from '../run/faults.ts';
import type { Asked } from './asked.ts';
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
export async function reportFailure(
  error: unknown,
  env: CliEnvironment,
  asked: Asked,
): Promise<number> {
  return print(failureOf(error, env.signal), error, env, asked);
}

/**
 * Prints an uncaught error, thrown while the command ran. Returns the exit code: 5 if the
 * command writes to registries, else as `reportFailure`.
 */
export async function reportCrash(
  error: unknown,
  env: CliEnvironment,
  asked: Asked,
): Promise<number> {
  const report = asked.readsOnly ? failureOf(error, env.signal) : crashWhileWriting(error);
  return print(report, error, env, asked);
}

function crashWhileWriting(error: unknown): FailureReport {
  return failure('unknown', {
    code: 'crashed',
    kind: 'unknown',
    message: `An uncaught error ended ameide-release: ${reasonOf(error)}`,
    hint: 'The stack trace below shows the source: code that the release definition started and did not wait for, or a bug in ameide-release. Run the same command again: it continues from what the registries have.',
    effect: 'unknown',
    rerun: 'safe',
  });
}

const WITH_STACK: ReadonlySet<string | undefined> = new Set(['internal-error', 'crashed']);

async function print(
  report: FailureReport,
  error: unknown,
  env: CliEnvironment,
  asked: Asked,
): Promise<number> {
  const { json, readsOnly } = asked;
  const text = (): string =>
    problemLines(inert(report.problems), { readsOnly }).join('\n').trimStart();
  if (json) void env.stdout(`${JSON.stringify(report, null, 2)}\n`);
  else void env.stderr(`${text()}\n`);
  if (WITH_STACK.has(report.problems[0]?.code) && error instanceof Error)
    void env.stderr(`${error.stack ?? ''}\n`);
  await showStep(env, report, asked);
  return report.exitCode;
}

/** Reports a wrong command line. The parser has already printed the reason for people. */
export async function reportUsage(
  message: string,
  env: CliEnvironment,
  asked: Asked,
): Promise<number> {
  const problem = {
    code: 'usage',
    kind: 'input',
    message,
    effect: 'none',
    rerun: 'after-fix',
  } as const;
  const report = failure('invalid-input', problem);
  if (asked.json) void env.stdout(`${JSON.stringify(report, null, 2)}\n`);
  await showStep(env, report, asked);
  return report.exitCode;
}

async function showStep(env: CliEnvironment, report: FailureReport, asked: Asked): Promise<void> {
  if (env.actions === undefined) return;
  const { reportStepFailure } = await import('./actions/step-report.ts');
  await reportStepFailure(env, report, asked);
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
