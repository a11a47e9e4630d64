import { parseCoordinate } from '@ameide/versioning-core';
import { loadDefinition } from '../../definition/load.ts';
import { deprecateVersion } from '../../engine/deprecate.ts';
import { deprecationText } from '../deprecation-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { requireOwn } from '../own-commit.ts';
import { printProgress, printReport } from '../print.ts';

export interface DeprecateArguments {
  readonly directory: string;
  readonly coordinate: string;
  readonly message?: string;
  readonly only?: string;
  readonly origin?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** `ameide-release deprecate` */
export async function deprecate(env: CliEnvironment, args: DeprecateArguments): Promise<number> {
  const coordinate = parseCoordinate(args.coordinate);
  await using repository = await openDirectory(args.directory);
  await requireOwn(repository, env, args);
  const definition = await loadDefinition(repository.root, args.config);
  const report = await deprecateVersion({
    repository,
    definition,
    coordinate,
    ...(args.message === undefined ? {} : { message: args.message }),
    ...(args.only === undefined ? {} : { only: args.only }),
    signal: env.signal,
    onEvent: printProgress(env),
  });
  printReport(env, args.json, report, deprecationText);
  if (env.actions !== undefined) {
    const { reportProblems } = await import('../actions/step-report.ts');
    await reportProblems(env, report, repository.root);
  }
  return report.exitCode;
}
