import type { Coordinate, Problem } from '@ameide/versioning-core';
import { formatCoordinate, isOurs } from '@ameide/versioning-core';
import { guard } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/** Of the lanes a run leaves out, those whose artifacts a lane it takes cannot be installed without. */
export function neededBy(lanes: readonly Lane[], leftOut: readonly Lane[]): Lane[] {
  const required = new Set(lanes.flatMap(({ plan }) => (plan.requires ?? []).map(formatCoordinate)));
  return leftOut.filter(({ plan }) => plan.coordinates.some((coordinate) => required.has(formatCoordinate(coordinate))));
}

/** Asks whether what the lanes require beside themselves is published. What is not, or is not known to be, becomes a problem. */
export async function checkRequirements(lanes: readonly Lane[], needed: readonly Lane[], context: RunContext): Promise<void> {
  const missing = (await Promise.all(needed.map(async (lane) => missingOf(lane, context)))).flat();
  for (const lane of lanes) {
    const names = new Set((lane.plan.requires ?? []).map(formatCoordinate));
    lane.problems.push(...missing.filter(({ coordinate }) => names.has(formatCoordinate(coordinate))).map((one) => unpublished(lane, one)));
  }
}

interface Missing {
  readonly coordinate: Coordinate;
  readonly publisher: string;
}

async function missingOf(lane: Lane, context: RunContext): Promise<Missing[]> {
  const { plan, publisher } = lane;
  const about = { lane, phase: 'check', effect: 'none', name: 'inspect' } as const;
  const found = (await guard({ ...about, run: async (step) => publisher.inspect({ plan }, step) }, context)) ?? [];
  const there = new Set(found.filter(({ state }) => isOurs(state)).map(({ coordinate }) => formatCoordinate(coordinate)));
  return plan.coordinates
    .filter((coordinate) => !there.has(formatCoordinate(coordinate)))
    .map((coordinate) => ({ coordinate, publisher: publisher.id }));
}

function unpublished({ plan }: Lane, { coordinate, publisher }: Missing): Problem {
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
