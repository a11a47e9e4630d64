import { inParallel } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, InvalidInputError } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { eventOf, type PublisherRun } from '../run/publisher-run.ts';
import { readProofs } from '../run/read-proofs.ts';
import { readRegistry } from '../run/read-registry.ts';
import { openCommit } from '../trace/open-commit.ts';
import { askCoordinate, type TraceOptions } from '../trace/trace.ts';
import { type VerifyReport, verifyReport } from './verify-report.ts';

/**
 * Reads every artifact of a commit from the registries, and proves what each carries: signatures and
 * provenances, by the signers that the definition names. Runs nothing of the commit: the definition is the
 * caller's, as a bad commit could bring one that accepts anybody.
 */
export async function verifyCommit(revision: string, options: TraceOptions): Promise<VerifyReport> {
  const { current, expected, notes, problems, runs, sha } = await openCommit(revision, options);
  if (current === undefined || runs.length === 0)
    return verifyReport({ sha, runs: [], notes, problems });
  const subject = { command: 'verify', commit: current, runs, sha } as const;
  return inObservedContext(subject, options, async (context) => {
    const read = await inParallel(runs, async (run) => verifyRun(run, context));
    // What a commit may have been built as besides counts only where something is there.
    const shown = read.filter((run) => expected.has(run.publisher) || isThere(run));
    return verifyReport({ sha, runs: shown, notes, problems });
  });
}

/** Verifies the commit that an artifact names, which must be one of this repository. */
export async function verifyCoordinate(
  coordinate: Coordinate,
  options: TraceOptions,
): Promise<VerifyReport> {
  const traced = await askCoordinate(coordinate, options);
  if (traced.sha !== undefined) return verifyCommit(traced.sha, options);
  if (traced.problems.length > 0)
    return verifyReport({ runs: [], notes: traced.notes, problems: traced.problems });
  throw namesNone(coordinate);
}

async function verifyRun(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const text = `verifying at ${run.plan.registry}`;
  void context.emit({ type: 'progress', ...eventOf(run, 'check'), text });
  return readProofs(await readRegistry(run, context), context);
}

function isThere({ findings, problems }: PublisherRun): boolean {
  return problems.length > 0 || findings.some(({ state }) => state !== 'absent');
}

function namesNone(coordinate: Coordinate): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'coordinate',
      received: formatCoordinate(coordinate),
      expected: 'a published artifact that names the commit that it was built from',
      hint: 'Verify the commit instead: ameide-release verify SHA.',
    },
    'unknown-coordinate',
  );
}
