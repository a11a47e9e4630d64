import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '@ameide/versioning-core';
import { ciRun, isPullRequest } from '../../commit/ci-run.ts';
import { loadDefinition } from '../../definition/load.ts';
import { pullRequestRefused } from '../../engine/admission.ts';
import { parseApproved } from '../../engine/approved.ts';
import { planRelease, publishRelease, type ReleaseOptions } from '../../engine/release.ts';
import type { ReleaseReport } from '../../report/release-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { reportTable } from '../output.ts';
import { printProgress, printReport } from '../print.ts';
import { wholeCommands } from '../whole-command.ts';

export interface ReleaseArguments {
  readonly directory: string;
  readonly json?: boolean;
  readonly config?: string;
  readonly ref?: string;
  readonly only?: readonly string[];
  /** `publish --plan FILE`. */
  readonly plan?: string;
}

/** `ameide-release plan` */
export async function plan(env: CliEnvironment, args: ReleaseArguments): Promise<number> {
  return runRelease(env, args, planRelease);
}

/** `ameide-release publish` */
export async function publish(env: CliEnvironment, args: ReleaseArguments): Promise<number> {
  // Check this before loading the definition: in a pull request's run its author wrote that
  // program, and it would run with our tokens.
  const { ref } = args.ref === undefined ? await ciRun(env.env) : { ref: args.ref };
  if (ref !== undefined && isPullRequest(ref)) throw pullRequestRefused(ref);
  return runRelease(env, args, publishRelease);
}

async function runRelease(
  env: CliEnvironment,
  args: ReleaseArguments,
  command: (options: ReleaseOptions) => Promise<ReleaseReport>,
): Promise<number> {
  await using repository = await openDirectory(args.directory);
  const definition = await loadDefinition(repository.root, args.config);
  const approved =
    args.plan === undefined ? undefined : parseApproved(await readPlan(args.plan), args.plan);
  const found = await command({
    repository,
    definition,
    env: env.env,
    signal: env.signal,
    onEvent: printProgress(env),
    ...(args.ref === undefined ? {} : { ref: args.ref }),
    ...(args.only === undefined ? {} : { only: args.only }),
    ...(approved === undefined ? {} : { approved }),
  });
  const report = wholeCommands(found, args);
  printReport(env, args.json, report, reportTable);
  return report.exitCode;
}

async function readPlan(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InvalidInputError(
      {
        field: 'plan',
        received: file,
        expected: `a readable file (${cause instanceof Error ? cause.message : String(cause)})`,
      },
      'plan-unreadable',
    );
  });
}
