import { openRepository } from '@ameide/publisher-kit/git';
import { parseCoordinate } from '@ameide/versioning-core';
import { loadDefinition } from '../../definition/load.ts';
import { traceCommit, traceCoordinate } from '../../trace/trace.ts';
import type { CliEnvironment } from '../environment.ts';
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
  await using repository = await openRepository(args.directory);
  const definition = await loadDefinition(repository.root, args.config);
  const options = {
    repository,
    definition,
    signal: env.signal,
    onEvent: (event: Parameters<typeof progressLine>[0]) => env.stderr(`${progressLine(event)}\n`),
  };
  const report = args.subject.includes(':')
    ? await traceCoordinate(parseCoordinate(args.subject), options)
    : await traceCommit(args.subject, options);
  env.stdout(
    args.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${traceTable(report)}\n`,
  );
  return report.exitCode;
}
