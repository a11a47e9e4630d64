import { loadDefinition } from '../../definition/load.ts';
import { mapRelease } from '../../map/make-map.ts';
import type { CliEnvironment } from '../environment.ts';
import { mapTable } from '../map-table.ts';
import { openDirectory } from '../open-directory.ts';
import { printReport } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { wholeNumber } from '../whole-number.ts';

export interface MapArguments extends ProgressArguments {
  readonly directory: string;
  readonly limit?: string;
  readonly config?: string;
}

/** `ameide-release map` */
export async function map(env: CliEnvironment, args: MapArguments): Promise<number> {
  const limit = wholeNumber(args.limit, {
    field: 'limit',
    what: 'how many builds to show',
    from: 1,
  });
  await using repository = await openDirectory(args.directory);
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const definition = await loadDefinition(repository.root, args.config);
    return mapRelease({
      repository,
      definition,
      ...(limit === undefined ? {} : { limit }),
      signal: env.signal,
      onEvent,
    });
  });
  printReport(env, args.json, report, mapTable);
  if (env.actions !== undefined) {
    const { reportProblems } = await import('../actions/step-report.ts');
    await reportProblems(env, report, repository.root);
  }
  return exitCode;
}
