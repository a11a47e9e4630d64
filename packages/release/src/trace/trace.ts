import { type Repository, settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatPointer,
  InvalidInputError,
  type PointerName,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import type { RunContext } from '../run/context.ts';
import type { Listener } from '../run/emitter.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { eventOf, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { readPointer } from '../run/read-pointer.ts';
import { readProofs } from '../run/read-proofs.ts';
import { inspectCoordinate, readRegistry } from '../run/read-registry.ts';
import { withCoordinateProofs } from './coordinate-proofs.ts';
import { openCommit } from './open-commit.ts';
import { openPublishers, openReaders } from './open-publisher.ts';
import { type TraceReport, traceReport } from './trace-report.ts';

export interface TraceOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  /** Its absolute path: then a note says where the traced commit has another one. */
  readonly definitionFile?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

/**
 * Finds the artifacts that were built from a commit: asks the registries for its names on every
 * channel that it may have been built for.
 */
export async function traceCommit(revision: string, options: TraceOptions): Promise<TraceReport> {
  const { current, expected, names, notes, problems, runs, sha } = await openCommit(
    revision,
    options,
  );
  if (current === undefined || runs.length === 0)
    return traceReport({ sha, runs: [], notes, problems });
  return withContext({ commit: current, runs, sha }, options, async (context) => {
    const asked = await settleAll(
      runs.map(async (run) => {
        emitAsking(run, ` about ${names.get(run.publisher) ?? 'it'}`, context);
        const answered = await withProofs(await readRegistry(run, context), context);
        const isShown = ({ state }: PublisherRun['findings'][number]): boolean =>
          state !== 'absent' || expected.has(run.publisher);
        return { ...answered, findings: answered.findings.filter(isShown) };
      }),
    );
    return traceReport({ sha, runs: asked, notes, problems });
  });
}

/**
 * Finds the commit that an artifact was built from. One that the definition does not name (any
 * more) is looked for on the registries of its ecosystem. Throws `InvalidInputError` if no publisher
 * of the release knows the artifact, and none of these registries has it.
 */
export async function traceCoordinate(
  coordinate: Coordinate,
  options: TraceOptions,
): Promise<TraceReport> {
  return askCoordinate(coordinate, options, async (run, context) =>
    withCoordinateProofs(run, coordinate, options, context),
  );
}

/** The same, without what the artifact carries. */
export async function askCoordinate(
  coordinate: Coordinate,
  options: TraceOptions,
  more: (run: PublisherRun, context: RunContext) => Promise<PublisherRun> = async (run) => run,
): Promise<TraceReport> {
  const { commit, runs, unnamed } = await openReaders(coordinate, options);
  return withContext({ commit, runs }, options, async (context) => {
    const asked = await settleAll(
      runs.map(async (run) => {
        emitAsking(run, '', context);
        return more(await inspectOne(coordinate, run, context), context);
      }),
    );
    const answers = asked.filter(isAnswer);
    if (unnamed === undefined) return traceReport({ sha: shaOf(asked), runs: asked });
    if (answers.length === 0) throw unnamed;
    const note = `No publisher of the definition names ${coordinate.ecosystem}:${coordinate.name} now; trace asked its registry all the same.`;
    return traceReport({ sha: shaOf(answers), runs: answers, notes: [note] });
  });
}

/** False if the registry says that it has no such version. */
function isAnswer({ findings, problems }: PublisherRun): boolean {
  return problems.length > 0 || findings.some(({ state }) => state !== 'absent');
}

/**
 * Finds the commit of the version that a pointer names now. Throws `InvalidInputError` if no
 * publisher of the release knows the artifact, or if the pointer does not exist.
 */
export async function tracePointer(name: PointerName, options: TraceOptions): Promise<TraceReport> {
  const text = formatPointer(name);
  const { commit, runs } = await openPublishers(name, text, options);
  return withContext({ commit, runs }, options, async (context) => {
    const asked = await settleAll(
      runs.map(async (run) => {
        emitAsking(run, '', context);
        return inspectPointer(name, run, context);
      }),
    );
    const areNone = asked.every((run) => run.findings.length + run.problems.length === 0);
    if (areNone) throw noSuchPointer(text);
    const notes = asked.flatMap((run) => {
      const [found] = run.pointersBefore;
      // Without an answer nobody knows.
      if (found === undefined && run.problems.length > 0) return [];
      const where = runs.length === 1 ? '' : ` at ${run.plan.registry}`;
      return [`${text}${where} names ${found?.version ?? 'nothing'} now.`];
    });
    return traceReport({ sha: shaOf(asked), runs: asked, notes });
  });
}

/** Reads what a pointer names, and asks about that version. */
async function inspectPointer(
  name: PointerName,
  run: PublisherRun,
  context: RunContext,
): Promise<PublisherRun> {
  const { value, problems } = await readPointer({ ...name, version: '' }, run, context);
  const unread = value?.problem === undefined ? problems : [...problems, value.problem];
  if (unread.length > 0) return withProblems(run, unread);
  if (value?.version === undefined) return run;
  const { ecosystem, name: of } = name;
  const asked = await inspectOne({ ecosystem, name: of, version: value.version }, run, context);
  return { ...asked, pointersBefore: [value] };
}

/** The commit that the artifacts name, if they agree. */
function shaOf(runs: readonly PublisherRun[]): string | undefined {
  const named = new Set(runs.flatMap((run) => run.findings.flatMap(({ sha }) => sha ?? [])));
  return named.size === 1 ? [...named][0] : undefined;
}

function noSuchPointer(received: string): InvalidInputError {
  const expected = 'a version, or a pointer that the registry has';
  return new InvalidInputError({ field: 'coordinate', received, expected }, 'unknown-coordinate');
}

async function inspectOne(
  coordinate: Coordinate,
  run: PublisherRun,
  context: RunContext,
): Promise<PublisherRun> {
  const { value, problems } = await inspectCoordinate(coordinate, run, context);
  const findings = value?.length === 0 ? [{ coordinate, state: 'unknown' } as const] : value;
  return withProblems({ ...run, findings: findings ?? [] }, problems);
}

/** What is not proven is an answer here, not a problem: "verify" decides. */
async function withProofs(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  if (run.findings.every(({ state }) => state === 'absent')) return run;
  const { proofs = [] } = await readProofs(run, context);
  return { ...run, proofs };
}

interface Asked {
  readonly commit: Commit;
  readonly runs: readonly PublisherRun[];
  readonly sha?: string;
}

async function withContext(
  asked: Asked,
  options: TraceOptions,
  ask: (context: RunContext) => Promise<TraceReport>,
): Promise<TraceReport> {
  return inObservedContext({ command: 'trace', ...asked }, options, ask);
}

function emitAsking(run: PublisherRun, about: string, context: RunContext): void {
  const text = `asking ${run.plan.registry}${about}`;
  void context.emit({ type: 'progress', ...eventOf(run, 'check'), text });
}
