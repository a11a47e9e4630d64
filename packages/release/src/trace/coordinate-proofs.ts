import {
  type CommitSha,
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  parseSha,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { readProofs } from '../run/read-proofs.ts';
import { openCommit } from './open-commit.ts';
import type { TraceOptions } from './trace.ts';

/**
 * Returns the run with the proofs of one artifact, compared with the plan of the commit that the artifact names. Returns
 * the run without them if this clone does not have that commit, or if the plan does not have the artifact. A proof that
 * is missing or wrong is an answer, not a problem.
 */
export async function withCoordinateProofs(
  run: PublisherRun,
  coordinate: Coordinate,
  options: TraceOptions,
  context: RunContext,
): Promise<PublisherRun> {
  const sha = run.findings[0]?.sha;
  if (sha === undefined || run.publisher.proofs === undefined) return run;
  const own = (await openRuns(parseSha(sha), options)).find(
    ({ plan, publisher }) =>
      publisher.id === run.publisher.id &&
      plan.registry === run.plan.registry &&
      plan.coordinates.some((one) => formatCoordinate(one) === formatCoordinate(coordinate)),
  );
  if (own === undefined) return run;
  const plan = { ...own.plan, coordinates: [coordinate] };
  const { proofs = [] } = await readProofs({ ...own, plan }, context);
  return { ...run, proofs };
}

async function openRuns(sha: CommitSha, options: TraceOptions): Promise<readonly PublisherRun[]> {
  try {
    return (await openCommit(sha, options)).runs;
  } catch (error) {
    if (error instanceof InvalidInputError) return [];
    throw error;
  }
}
