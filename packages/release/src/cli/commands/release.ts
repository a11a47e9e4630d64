import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';
import { loadDefinition, loadTrustedDefinition } from '../../definition/load.ts';
import { parseApproved } from '../../engine/approved.ts';
import {
  buildRelease,
  planRelease,
  promoteRelease,
  publishRelease,
  type ReleaseOptions,
} from '../../engine/release.ts';
import type { ReleaseReport } from '../../report/release-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { reportTable } from '../output.ts';
import { requireOwn } from '../own-commit.ts';
import { printReport } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { openRecordFile, withRecord } from '../record-file.ts';
import { wholeCommands } from '../whole-command.ts';

export interface ReleaseArguments extends ProgressArguments {
  readonly directory: string;
  readonly config?: string;
  readonly ref?: string;
  readonly only?: readonly string[];
  readonly origin?: string;
  /** `publish --plan FILE`. */
  readonly plan?: string;
  /** `build --out DIR`. */
  readonly out?: string;
  /** `publish --from DIR`, `promote --from DIR`. */
  readonly from?: string;
  readonly holdPointers?: boolean;
  readonly dryRun?: boolean;
  /** `publish --record FILE`, `promote --record FILE`. */
  readonly record?: string;
}

/** `ameide-release plan` */
export async function plan(env: CliEnvironment, args: ReleaseArguments): Promise<number> {
  return runRelease(env, args, planRelease);
}

/** `ameide-release build` */
export async function build(env: CliEnvironment, args: ReleaseArguments): Promise<number> {
  const { out } = args;
  if (out === undefined) throw new TypeError('the command line requires --out');
  return runRelease(env, args, async (options) => buildRelease({ ...options, out: resolve(out) }));
}

/** `ameide-release publish` */
export async function publish(env: CliEnvironment, args: ReleaseArguments): Promise<number> {
  return runRelease(env, args, publishRelease, requireOwn);
}

/** `ameide-release promote` */
export async function promote(env: CliEnvironment, args: ReleaseArguments): Promise<number> {
  return runRelease(env, args, promoteRelease, requireOwn);
}

async function runRelease(
  env: CliEnvironment,
  args: ReleaseArguments,
  command: (options: ReleaseOptions) => Promise<ReleaseReport>,
  admit?: typeof requireOwn,
): Promise<number> {
  await using repository = await openDirectory(args.directory);
  await admit?.(repository, env, args);
  const recordFile = await openRecordFile(args, repository.root);
  const shown = await withProgress(env, args, repository.root, async (onEvent) => {
    const options = await readOptions(env, args, repository);
    return command({ ...options, onEvent });
  });
  const report = await withRecord(wholeCommands(shown.report, args), recordFile);
  printReport(env, args.json, report, await textOf(report));
  if (env.actions !== undefined) {
    const { reportRelease } = await import('../actions/step-report.ts');
    await reportRelease(env, report, repository.root);
  }
  return shown.exitCode === 0 ? report.exitCode : shown.exitCode;
}

async function readOptions(
  env: CliEnvironment,
  args: ReleaseArguments,
  repository: Repository,
): Promise<ReleaseOptions> {
  const load = args.from === undefined ? loadDefinition : loadTrustedDefinition;
  const definition = await load(repository.root, args.config);
  const approved =
    args.plan === undefined ? undefined : parseApproved(await readPlan(args.plan), args.plan);
  return {
    repository,
    definition,
    env: env.env,
    signal: env.signal,
    ...(args.ref === undefined ? {} : { ref: args.ref }),
    ...(args.only === undefined ? {} : { only: args.only }),
    ...(args.origin === undefined ? {} : { origin: args.origin }),
    ...(approved === undefined ? {} : { approved }),
    ...(args.from === undefined ? {} : { from: resolve(args.from) }),
    ...(args.holdPointers === true ? { holdPointers: true } : {}),
    ...(args.dryRun === true ? { dryRun: true } : {}),
    ...(args.record === undefined ? {} : { record: true }),
  };
}

async function textOf({ contents }: ReleaseReport): Promise<typeof reportTable> {
  return contents === undefined ? reportTable : (await import('../contents-text.ts')).rehearsalText;
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
