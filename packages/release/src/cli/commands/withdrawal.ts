import type { Repository } from '@ameide/publisher-kit/git';
import { loadDefinition, locateDefinition } from '../../definition/load.ts';
import {
  type MigrateOptions,
  migrateRelease,
  withdrawRelease,
} from '../../withdraw/withdraw-release.ts';
import type { WithdrawalReport } from '../../withdraw/withdrawal-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { requireOwn } from '../own-commit.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { wholeCommand, wholeCommands } from '../whole-command.ts';
import { withdrawalText } from '../withdrawal-text.ts';

export interface WithdrawalArguments extends ProgressArguments {
  readonly directory: string;
  readonly to?: string;
  readonly message?: string;
  readonly yes?: boolean;
  readonly origin?: string;
  readonly config?: string;
}

/** `ameide-release migrate` */
export async function migrate(env: CliEnvironment, args: WithdrawalArguments): Promise<number> {
  return show(env, args, migrateRelease);
}

/** `ameide-release withdraw` */
export async function withdraw(
  env: CliEnvironment,
  args: WithdrawalArguments & { readonly release: string },
): Promise<number> {
  return show(env, args, async (options) => withdrawRelease({ ...options, version: args.release }));
}

async function show(
  env: CliEnvironment,
  args: WithdrawalArguments,
  run: (options: MigrateOptions) => Promise<WithdrawalReport>,
): Promise<number> {
  await using repository = await openDirectory(args.directory);
  await requireOwn(repository, env, args);
  const shown = await withProgress(env, args, repository.root, async (onEvent) =>
    run({ ...(await optionsOf(repository, args)), signal: env.signal, onEvent }),
  );
  const report = withWholeCommands(shown.report, args);
  printReport(env, args.json, report, withdrawalText);
  await reportToActions(env, report, repository.root);
  return shown.exitCode;
}

async function optionsOf(
  repository: Repository,
  { config, message, origin, to, yes }: WithdrawalArguments,
): Promise<MigrateOptions> {
  return {
    repository,
    definition: await loadDefinition(repository.root, config),
    definitionFile: locateDefinition(repository.root, config),
    yes: yes === true,
    ...(to === undefined ? {} : { to }),
    ...(message === undefined ? {} : { message }),
    ...(origin === undefined ? {} : { origin }),
  };
}

function withWholeCommands(report: WithdrawalReport, args: WithdrawalArguments): WithdrawalReport {
  const artifacts = report.artifacts.map((artifact) => ({
    ...artifact,
    actions: artifact.actions.map((action) => ({
      ...action,
      how: wholeCommand(action.how, args),
      undo: wholeCommand(action.undo, args),
    })),
  }));
  return { ...wholeCommands(report, args), artifacts };
}
