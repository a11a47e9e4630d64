import { loadDefinition } from '../../definition/load.ts';
import { mapRelease } from '../../map/make-map.ts';
import type { CliEnvironment } from '../environment.ts';
import { mapTable } from '../map-table.ts';
import { openDirectory } from '../open-directory.ts';
import { printProgress, printReport } from '../print.ts';
import { wholeNumber } from '../whole-number.ts';

export interface MapArguments {
  readonly directory: string;
  readonly limit?: string;
  readonly json?: boolean;
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
  const definition = await loadDefinition(repository.root, args.config);
  const report = await mapRelease({
    repository,
    definition,
    ...(limit === undefined ? {} : { limit }),
    signal: env.signal,
    onEvent: printProgress(env),
  });
  printReport(env, args.json, report, mapTable);
  if (env.actions !== undefined) {
    const { reportProblems } = await import('../actions/step-report.ts');
    await reportProblems(env, report, repository.root);
  }
  return report.exitCode;
}
