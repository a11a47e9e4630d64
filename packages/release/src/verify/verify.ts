import { inParallel } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, InvalidInputError } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { eventOf, type PublisherRun } from '../run/publisher-run.ts';
import { readProofs } from '../run/read-proofs.ts';
import { readRegistry } from '../run/read-registry.ts';
import { type OpenedCommit, openCommit } from '../trace/open-commit.ts';
import { askCoordinate, type TraceOptions } from '../trace/trace.ts';
import type { TraceReport } from '../trace/trace-report.ts';
import { findUnverified } from './unverified.ts';
import { type VerifyReport, verifyReport, withProblems } from './verify-report.ts';

/**
 * Reads every artifact of a commit from the registries and verifies its signatures and provenances, which must
 * be by the signers that the definition names. Runs nothing of the commit: it uses the caller's definition,
 * because a bad commit could bring one that accepts anybody.
 */
export async function verifyCommit(revision: string, options: TraceOptions): Promise<VerifyReport> {
  const opened = await openCommit(revision, options);
  const { current, notes, problems, runs, sha } = opened;
  if (current === undefined || runs.length === 0)
    return verifyReport({ sha, runs: [], notes, problems });
  const subject = { command: 'verify', commit: current, runs, sha } as const;
  return inObservedContext(subject, options, async (context) =>
    verifyReport({ sha, runs: await verifyRuns(opened, context), notes, problems }),
  );
}

/** Reads what was published of an opened commit, and its proofs. */
export async function verifyRuns(
  { expected, runs }: Pick<OpenedCommit, 'expected' | 'runs'>,
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const read = await inParallel(runs, async (run) => verifyRun(run, context));
  // A commit may have had other builds (a dev build, a release): those count only if something of them is published.
  return read.filter((run) => expected.has(run.publisher) || isThere(run));
}

/**
 * Verifies all artifacts of the commit that this artifact names; it must be one of them. Throws `InvalidInputError` if it
 * is not published, names no commit, or names one that is not in this repository.
 */
export async function verifyCoordinate(
  coordinate: Coordinate,
  options: TraceOptions,
): Promise<VerifyReport> {
  const traced = await askCoordinate(coordinate, options);
  if (traced.sha !== undefined) {
    const report = await verifyCommit(traced.sha, options);
    return withProblems(report, findUnverified(traced.artifacts, report.artifacts));
  }
  if (traced.problems.length > 0)
    return verifyReport({ runs: [], notes: traced.notes, problems: traced.problems });
  throw namesNoCommit(coordinate, traced);
}

async function verifyRun(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const text = `verifying at ${run.plan.registry}`;
  void context.emit({ type: 'progress', ...eventOf(run, 'check'), text });
  return readProofs(await readRegistry(run, context), context);
}

function isThere({ findings, problems }: PublisherRun): boolean {
  return problems.length > 0 || findings.some(({ state }) => state !== 'absent');
}

/** The error for an artifact that leads to no commit. Its hint says what the registries answered. */
function namesNoCommit(
  coordinate: Coordinate,
  { artifacts }: Pick<TraceReport, 'artifacts'>,
): InvalidInputError {
  const reference = formatCoordinate(coordinate);
  const published = artifacts.filter(({ state }) => state !== 'absent');
  const shas = [...new Set(published.flatMap(({ sha }) => sha ?? []))];
  const registries = (published.length === 0 ? artifacts : published).map(
    ({ registry }) => registry,
  );
  const where = [...new Set(registries)].join(' and ');
  return new InvalidInputError(
    {
      field: 'coordinate',
      received: reference,
      expected: 'a published artifact that names the one commit that it was built from',
      hint: `${answered(reference, where, { isPublished: published.length > 0, shas })} To verify a commit: ameide-release verify SHA.`,
    },
    'unknown-coordinate',
  );
}

function answered(
  reference: string,
  where: string,
  { isPublished, shas }: { readonly isPublished: boolean; readonly shas: readonly string[] },
): string {
  if (!isPublished)
    return `${reference} is not published at ${where}: check the version, or publish it.`;
  if (shas.length > 1)
    return `${reference} names several commits at ${where}: ${shas.join(' and ')}.`;
  return `${reference} is published at ${where}, and names no commit: it was not published by ameide-release, or was changed since.`;
}
