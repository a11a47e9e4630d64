import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '@ameide/versioning-core';
import { ciRun, isPullRequest } from '../../commit/ci-run.ts';
import { loadDefinition } from '../../definition/load.ts';
import { pullRequestRefused } from '../../engine/admission.ts';
import { parseApproved } from '../../engine/approved.ts';
import { requireOwnClone } from '../../engine/origin.ts';
import { planRelease, publishRelease, type ReleaseOptions } from '../../engine/release.ts';
import type { ReleaseReport } from '../../report/release-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { progressLine, reportTable } from '../output.ts';
import { wholeCommands } from '../whole-command.ts';

export interface ReleaseArguments {
  readonly directory: string;
  readonly json?: boolean;
  readonly config?: string;
  readonly ref?: string;
  readonly only?: readonly string[];
  readonly origin?: string;
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
  return runRelease(env, args, publishRelease, requireOwnClone);
}

async function runRelease(
  env: CliEnvironment,
  args: ReleaseArguments,
  command: (options: ReleaseOptions) => Promise<ReleaseReport>,
  admit?: typeof requireOwnClone,
): Promise<number> {
  await using repository = await openDirectory(args.directory);
  await admit?.(repository, env.env, args.origin);
  const definition = await loadDefinition(repository.root, args.config);
  const approved =
    args.plan === undefined ? undefined : parseApproved(await readPlan(args.plan), args.plan);
  const found = await command({
    repository,
    definition,
    env: env.env,
    signal: env.signal,
    onEvent: (event) => env.stderr(`${progressLine(event)}\n`),
    ...(args.ref === undefined ? {} : { ref: args.ref }),
    ...(args.only === undefined ? {} : { only: args.only }),
    ...(args.origin === undefined ? {} : { origin: args.origin }),
    ...(approved === undefined ? {} : { approved }),
  });
  const report = wholeCommands(found, args);
  env.stdout(
    args.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${reportTable(report)}\n`,
  );
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
