import {
  InvalidInputError,
  type PointerName,
  parseCoordinate,
  parsePointer,
  prefixHint,
} from '@ameide/versioning-core';
import { loadDefinition, locateDefinition } from '../../definition/load.ts';
import {
  type TraceOptions,
  traceCommit,
  traceCoordinate,
  tracePointer,
} from '../../trace/trace.ts';
import type { TraceReport } from '../../trace/trace-report.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { traceTable } from '../output.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';

export interface TraceArguments extends ProgressArguments {
  readonly directory: string;
  /**
   * A revision or a coordinate. A coordinate always contains a colon, a git ref never
   * (git-check-ref-format(1)).
   */
  readonly subject: string;
  readonly config?: string;
}

/** `ameide-release trace` */
export async function trace(env: CliEnvironment, args: TraceArguments): Promise<number> {
  await using repository = await openDirectory(args.directory);
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) => {
    const options = {
      repository,
      definition: await loadDefinition(repository.root, args.config),
      definitionFile: locateDefinition(repository.root, args.config),
      signal: env.signal,
      onEvent,
    };
    return args.subject.includes(':')
      ? traceNamed(args.subject, options)
      : traceCommit(args.subject, options).catch((error: unknown) => {
          throw withPrefixHint(error, args.subject);
        });
  });
  printReport(env, args.json, report, traceTable);
  await reportToActions(env, report, repository.root);
  return exitCode;
}

/** Queries that only `go` resolves (https://go.dev/ref/mod#version-queries). */
const GO_QUERY = /^(?:latest|upgrade|patch)$/;
/** An incomplete version, which npm takes for a range. */
const RANGE = /^(?:v\d.*|[xX])$/;

/** A word instead of a version is a pointer: a dist-tag of npm, a branch of a Go mirror. */
async function traceNamed(text: string, options: TraceOptions): Promise<TraceReport> {
  const pointer = parseWord(text);
  return pointer === undefined
    ? traceCoordinate(parseCoordinate(text), options)
    : tracePointer(pointer, options);
}

function parseWord(text: string): PointerName | undefined {
  const [, ecosystem, word = ''] = /^(npm|go):.+@([A-Za-z][\w./-]*)$/.exec(text) ?? [];
  if (RANGE.test(word)) return undefined;
  // `source-<sha>` is a version of a Go mirror.
  if (ecosystem === undefined || word.startsWith('source-')) return undefined;
  return ecosystem === 'go' && GO_QUERY.test(word) ? undefined : parsePointer(text);
}

/** What is no commit may be an artifact without its ecosystem. */
function withPrefixHint(error: unknown, subject: string): unknown {
  const hint = prefixHint(subject);
  const isRef = error instanceof InvalidInputError && error.field === 'ref';
  return isRef && hint !== undefined ? error.with({ hint }) : error;
}
