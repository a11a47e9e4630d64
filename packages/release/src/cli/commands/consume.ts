import { resolve, sep } from 'node:path';
import type { Repository } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';
import { pathInside } from '../../commit/path-inside.ts';
import { type ConsumeOptions, consume } from '../../consume/consume.ts';
import type { ConsumeReport } from '../../consume/consume-report.ts';
import { loadDefinition, locateDefinition } from '../../definition/load.ts';
import { consumeText } from '../consume-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { inert, inertLine } from '../plain.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';

export interface ConsumeArguments extends ProgressArguments {
  readonly directory: string;
  readonly config?: string;
  readonly paths: readonly string[];
  readonly version?: string;
  readonly sha?: string;
  readonly allowWithdrawn?: boolean;
  readonly only?: readonly string[];
  readonly skipLockfiles?: boolean;
  readonly write?: boolean;
  readonly pullRequest?: boolean;
  readonly branch?: string;
  readonly into?: string;
}

/** `ameide-release consume` */
export async function consumeCommand(env: CliEnvironment, args: ConsumeArguments): Promise<number> {
  refuseBoth(args);
  await using repository = await openDirectory(args.directory);
  const definition = await loadDefinition(repository.root, args.config);
  const { only = [], sha, skipLockfiles = false, version, write = false } = args;
  const options: Omit<ConsumeOptions, 'onEvent'> = {
    repository,
    definition,
    definitionFile: locateDefinition(repository.root, args.config),
    target: {
      ...(version === undefined ? {} : { version }),
      ...(sha === undefined ? {} : { sha }),
      allowWithdrawn: args.allowWithdrawn === true,
    },
    only,
    paths: args.paths.map((path) => belowRoot(path, repository)),
    write,
    skipLockfiles,
    env: env.env,
    signal: env.signal,
    onTool: (text) => {
      if (args.json !== true) void env.stderr(`${inertLine(text)}\n`);
    },
    ...(args.pullRequest === true ? { propose: await proposal(env, args, repository) } : {}),
  };
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) =>
    consume({ ...options, onEvent }),
  );
  await print(env, args, report);
  return exitCode;
}

async function proposal(
  env: CliEnvironment,
  { branch, into }: ConsumeArguments,
  repository: Repository,
): Promise<NonNullable<ConsumeOptions['propose']>> {
  const { createPropose } = await import('../../consume/pull-request/propose.ts');
  return createPropose({
    repository,
    env: env.env,
    signal: env.signal,
    ...(branch === undefined ? {} : { branch }),
    ...(into === undefined ? {} : { into }),
  });
}

/** For people, standard output gets only the diff, so that `git apply` and `patch` take it from there. */
async function print(
  env: CliEnvironment,
  { json }: ConsumeArguments,
  report: ConsumeReport,
): Promise<void> {
  if (json === true || report.written || report.pullRequest !== undefined) {
    printReport(env, json, report, consumeText);
  } else {
    if (report.diff !== '') void (env.patch ?? env.stdout)(report.diff);
    void env.stderr(`${consumeText(inert(report))}\n`);
  }
  await reportToActions(env, report, process.cwd());
}

function belowRoot(path: string, { root }: Pick<Repository, 'root'>): string {
  const below = pathInside(root, resolve(path));
  if (below !== undefined) return below.split(sep).join('/');
  throw new InvalidInputError({
    field: 'path',
    received: path,
    expected: `a file or folder in the repository at ${root}`,
  });
}

function refuseBoth({ branch, into, pullRequest = false, write = false }: ConsumeArguments): void {
  if (pullRequest && write)
    throw new InvalidInputError({
      field: 'pull-request',
      expected: 'either --write or --pull-request: a pull request changes no file here',
    });
  const alone = branch === undefined ? (into === undefined ? undefined : 'into') : 'branch';
  if (!pullRequest && alone !== undefined)
    throw new InvalidInputError({
      field: alone,
      expected: `to be left out, or --pull-request beside --${alone}`,
    });
}
