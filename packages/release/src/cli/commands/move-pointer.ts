import { parsePointer } from '@ameide/versioning-core';
import { loadDefinition } from '../../definition/load.ts';
import { moveReleasePointer } from '../../engine/move-pointer.ts';
import type { CliEnvironment } from '../environment.ts';
import { moveText } from '../move-text.ts';
import { openDirectory } from '../open-directory.ts';
import { requireOwn } from '../own-commit.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';
import { wholeCommands } from '../whole-command.ts';

export interface MoveArguments extends ProgressArguments {
  readonly directory: string;
  readonly pointer: string;
  readonly to: string;
  readonly from?: string;
  readonly only?: string;
  readonly origin?: string;
  readonly config?: string;
}

/** `ameide-release move-pointer` */
export async function movePointer(env: CliEnvironment, args: MoveArguments): Promise<number> {
  const pointer = parsePointer(args.pointer);
  await using repository = await openDirectory(args.directory);
  await requireOwn(repository, env, args);
  const shown = await withProgress(env, args, repository.root, async (onEvent) => {
    const definition = await loadDefinition(repository.root, args.config);
    return moveReleasePointer({
      repository,
      definition,
      pointer,
      to: args.to,
      ...(args.from === undefined ? {} : { from: args.from }),
      ...(args.only === undefined ? {} : { only: args.only }),
      ...(args.origin === undefined ? {} : { origin: args.origin }),
      signal: env.signal,
      onEvent,
    });
  });
  const report = wholeCommands(shown.report, args);
  printReport(env, args.json, report, moveText);
  await reportToActions(env, report, repository.root);
  return shown.exitCode;
}
