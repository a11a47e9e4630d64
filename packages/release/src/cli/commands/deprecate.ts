import { parseCoordinate } from '@ameide/versioning-core';
import { loadDefinition } from '../../definition/load.ts';
import { deprecateVersion } from '../../engine/deprecate.ts';
import { deprecationText } from '../deprecation-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { requireOwn } from '../own-commit.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';

export interface DeprecateArguments extends ProgressArguments {
  readonly directory: string;
  readonly coordinate: string;
  readonly message?: string;
  readonly only?: string;
  readonly origin?: string;
  readonly config?: string;
}

/** `ameide-release deprecate` */
export async function deprecate(env: CliEnvironment, args: DeprecateArguments): Promise<number> {
  const coordinate = parseCoordinate(args.coordinate);
  await using repository = await openDirectory(args.directory);
  await requireOwn(repository, env, args);
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const definition = await loadDefinition(repository.root, args.config);
    return deprecateVersion({
      repository,
      definition,
      coordinate,
      ...(args.message === undefined ? {} : { message: args.message }),
      ...(args.only === undefined ? {} : { only: args.only }),
      ...(args.origin === undefined ? {} : { origin: args.origin }),
      signal: env.signal,
      onEvent,
    });
  });
  printReport(env, args.json, report, deprecationText);
  await reportToActions(env, report, repository.root);
  return exitCode;
}
