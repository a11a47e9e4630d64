import { InvalidInputError, parseCoordinate, prefixHint } from '@ameide/versioning-core';
import { loadDefinition } from '../../definition/load.ts';
import { traceCommit, traceCoordinate } from '../../trace/trace.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { progressLine, traceTable } from '../output.ts';

export interface TraceArguments {
  readonly directory: string;
  /**
   * A revision or a coordinate. A coordinate always contains a colon, a git ref never
   * (git-check-ref-format(1)).
   */
  readonly subject: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** `ameide-release trace` */
export async function trace(env: CliEnvironment, args: TraceArguments): Promise<number> {
  await using repository = await openDirectory(args.directory);
  const definition = await loadDefinition(repository.root, args.config);
  const options = {
    repository,
    definition,
    signal: env.signal,
    onEvent: (event: Parameters<typeof progressLine>[0]) => env.stderr(`${progressLine(event)}\n`),
  };
  const report = args.subject.includes(':')
    ? await traceCoordinate(parseCoordinate(args.subject), options)
    : await traceCommit(args.subject, options).catch((error: unknown) => {
        throw withPrefixHint(error, args.subject);
      });
  env.stdout(
    args.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${traceTable(report)}\n`,
  );
  return report.exitCode;
}

/** What is no commit may be an artifact without its ecosystem. */
function withPrefixHint(error: unknown, subject: string): unknown {
  const hint = prefixHint(subject);
  const isRef = error instanceof InvalidInputError && error.field === 'ref';
  return isRef && hint !== undefined ? error.with({ hint }) : error;
}
