import { inParallel } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { findingProblems } from '../run/findings.ts';
import { type PublisherRun, requiredBy, withProblems } from '../run/publisher-run.ts';
import { readRegistry } from '../run/read-registry.ts';

/**
 * Checks that everything the runs require from other publishers is published. If it is not, or we
 * do not know, the run that requires it gets a problem.
 */
export async function checkRequirements(
  runs: readonly PublisherRun[],
  required: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const asked = await inParallel(required, async (other) => readRegistry(other, context));
  return runs.map((run) =>
    withProblems(
      run,
      requiredBy(run, asked).flatMap((other) => obstacles(run, other)),
    ),
  );
}

/** Returns why nobody could install a run's artifacts with what the other run's registry has. */
function obstacles(run: PublisherRun, other: PublisherRun): Problem[] {
  const names = new Set((run.plan.requires ?? []).map(nameOf));
  const isRequired = (coordinate: Coordinate): boolean => names.has(nameOf(coordinate));
  return [
    ...other.problems,
    ...other.findings
      .filter(({ coordinate }) => isRequired(coordinate))
      .flatMap((finding) =>
        finding.state === 'absent'
          ? [notPublished(run, finding.coordinate, other)]
          : findingProblems(finding),
      ),
  ];
}

function notPublished({ plan }: PublisherRun, required: Coordinate, other: PublisherRun): Problem {
  const [own] = plan.coordinates;
  const name = own === undefined ? plan.publisher : formatCoordinate(own);
  return problem({
    code: 'requires-unpublished',
    kind: 'incomplete',
    message: `${name} cannot be installed without ${formatCoordinate(required)}, which is not part of this run and not on its registry.`,
    hint: `Publish both: add --only ${other.id}, or leave --only out.`,
    coordinate: name,
    rerun: 'after-fix',
  });
}

function nameOf({ ecosystem, name }: Coordinate): string {
  return `${ecosystem}:${name}`;
}
