import { loadDefinition } from '../../definition/load.ts';
import { pruneRelease } from '../../prune/prune.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { requireOwn } from '../own-commit.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { pruneText } from '../prune-text.ts';
import { wholeNumber } from '../whole-number.ts';

export interface PruneArguments extends ProgressArguments {
  readonly directory: string;
  readonly keep?: string;
  readonly youngerThan?: string;
  readonly only?: readonly string[];
  readonly yes?: boolean;
  readonly origin?: string;
  readonly config?: string;
}

/** `ameide-release prune` */
export async function prune(env: CliEnvironment, args: PruneArguments): Promise<number> {
  const keep = wholeNumber(args.keep, { field: 'keep', what: 'how many commits to keep' });
  const youngerThanDays = wholeNumber(args.youngerThan, {
    field: 'younger-than',
    what: 'an age in days',
  });
  await using repository = await openDirectory(args.directory);
  await requireOwn(repository, env, args);
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const definition = await loadDefinition(repository.root, args.config);
    return pruneRelease({
      repository,
      definition,
      ...(keep === undefined ? {} : { keep }),
      ...(youngerThanDays === undefined ? {} : { youngerThanDays }),
      ...(args.only === undefined ? {} : { only: args.only }),
      yes: args.yes === true,
      ...(args.origin === undefined ? {} : { origin: args.origin }),
      signal: env.signal,
      onEvent,
    });
  });
  printReport(env, args.json, report, pruneText);
  await reportToActions(env, report, repository.root);
  return exitCode;
}
