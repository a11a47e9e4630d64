import { parsePointer } from '@ameide/versioning-core';
import { ciRun, isPullRequest } from '../../commit/ci-run.ts';
import { loadDefinition } from '../../definition/load.ts';
import { pullRequestRefused } from '../../engine/admission.ts';
import { moveReleasePointer } from '../../engine/move-pointer.ts';
import type { CliEnvironment } from '../environment.ts';
import { moveText } from '../move-text.ts';
import { openDirectory } from '../open-directory.ts';
import { printProgress, printReport } from '../print.ts';
import { wholeCommands } from '../whole-command.ts';

export interface MoveArguments {
  readonly directory: string;
  readonly pointer: string;
  readonly to: string;
  readonly from?: string;
  readonly only?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** `ameide-release move-pointer` */
export async function movePointer(env: CliEnvironment, args: MoveArguments): Promise<number> {
  // As for `publish`: the definition is a program, and in a pull request its author wrote it.
  const { ref } = await ciRun(env.env);
  if (ref !== undefined && isPullRequest(ref)) throw pullRequestRefused(ref);
  const pointer = parsePointer(args.pointer);
  await using repository = await openDirectory(args.directory);
  const definition = await loadDefinition(repository.root, args.config);
  const moved = await moveReleasePointer({
    repository,
    definition,
    pointer,
    to: args.to,
    ...(args.from === undefined ? {} : { from: args.from }),
    ...(args.only === undefined ? {} : { only: args.only }),
    signal: env.signal,
    onEvent: printProgress(env),
  });
  const report = wholeCommands(moved, args);
  printReport(env, args.json, report, moveText);
  return report.exitCode;
}
