import { inParallel } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem } from '@ameide/versioning-core';
import { everyFinding } from './answers.ts';
import { findingProblem } from './findings.ts';
import { guard } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/**
 * Of the lanes a run leaves out, those whose artifacts a lane it takes cannot be installed without.
 */
export function neededBy(lanes: readonly Lane[], leftOut: readonly Lane[]): Lane[] {
  const required = new Set(
    lanes.flatMap(({ plan }) => (plan.requires ?? []).map(formatCoordinate)),
  );
  return leftOut.filter(({ plan }) =>
    plan.coordinates.some((coordinate) => required.has(formatCoordinate(coordinate))),
  );
}

/**
 * Asks whether what the lanes require beside themselves is published. What is not, or is not known
 * to be, becomes a problem.
 */
export async function checkRequirements(
  lanes: readonly Lane[],
  needed: readonly Lane[],
  context: RunContext,
): Promise<void> {
  await inParallel(needed, async (other) => {
    const { plan, publisher } = other;
    const about = { lane: other, phase: 'check', effect: 'none', name: 'inspect' } as const;
    const found = await guard(
      { ...about, run: async (step) => publisher.inspect({ plan }, step) },
      context,
    );
    if (found !== undefined) other.found = everyFinding(plan.coordinates, found);
  });
  for (const lane of lanes)
    lane.problems.push(...needed.flatMap((other) => obstacles(lane, other)));
}

/**
 * Why a lane cannot be installed with what another one's registry holds; nothing when it is there,
 * or is not asked for.
 */
function obstacles(lane: Lane, other: Lane): Problem[] {
  const names = new Set((lane.plan.requires ?? []).map(formatCoordinate));
  const isRequired = (coordinate: Coordinate): boolean => names.has(formatCoordinate(coordinate));
  if (!other.plan.coordinates.some(isRequired)) return [];
  return [
    ...other.problems,
    ...other.found
      .filter(({ coordinate }) => isRequired(coordinate))
      .flatMap((finding) =>
        finding.state === 'absent'
          ? [unpublished(lane, finding.coordinate, other.publisher.id)]
          : findingProblem(finding),
      ),
  ];
}

function unpublished({ plan }: Lane, coordinate: Coordinate, publisher: string): Problem {
  const [own] = plan.coordinates;
  const name = own === undefined ? plan.publisher : formatCoordinate(own);
  return {
    code: 'requires-unpublished',
    kind: 'input',
    message: `${name} cannot be installed without ${formatCoordinate(coordinate)}, which is neither part of this run nor found on its registry.`,
    hint: `Publish both: add --only ${publisher}, or leave --only out.`,
    coordinate: name,
    effect: 'none',
    rerun: 'after-fix',
  };
}
