import { parseCoordinate } from '@ameide/versioning-core';
import { ciRun, isPullRequest } from '../../commit/ci-run.ts';
import { loadDefinition } from '../../definition/load.ts';
import { pullRequestRefused } from '../../engine/admission.ts';
import { deprecateVersion } from '../../engine/deprecate.ts';
import { requireOwnClone } from '../../engine/origin.ts';
import { deprecationText } from '../deprecation-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { progressLine } from '../output.ts';

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
  // As for `publish`: the definition is a program, and in a pull request its author wrote it.
  const { ref } = await ciRun(env.env);
  if (ref !== undefined && isPullRequest(ref)) throw pullRequestRefused(ref);
  const coordinate = parseCoordinate(args.coordinate);
  await using repository = await openDirectory(args.directory);
  await requireOwnClone(repository, env.env, args.origin);
  const definition = await loadDefinition(repository.root, args.config);
  const report = await deprecateVersion({
    repository,
    definition,
    coordinate,
    ...(args.message === undefined ? {} : { message: args.message }),
    ...(args.only === undefined ? {} : { only: args.only }),
    signal: env.signal,
    onEvent: (event) => env.stderr(`${progressLine(event)}\n`),
  });
  const text = args.json === true ? JSON.stringify(report, null, 2) : deprecationText(report);
  env.stdout(`${text}\n`);
  return report.exitCode;
}
