import { createPace, inParallel, type PacePorts } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type PointerFinding,
  type PointerMove,
  type Problem,
  problem,
  type RequestedMove,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrPlan } from './plan.ts';
import { moveTag, moveTagByHand } from './pointers/move-pointer.ts';
import { readName } from './pointers/pointer-name.ts';
import { tagConflict } from './problems.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { readImage } from './registry/existing-image.ts';

/**
 * Moves every pointer of a plan, never backwards, to the image that the tag `<sha>` names on the
 * registry.
 */
export async function promoteImage(
  client: RegistryClient,
  plan: GhcrPlan,
  step: Step,
  ports: PacePorts,
): Promise<readonly PointerMove[]> {
  if (plan.pointers.length === 0) return [];
  const target = await readTarget(client, plan, step.signal);
  const pace = createPace(step.signal, ports);
  return inParallel(
    plan.pointers,
    async (pointer): Promise<PointerMove> =>
      'code' in target
        ? { pointer, outcome: 'blocked', problem: target }
        : moveTag({ client, plan, pointer, manifest: target, step, pace }),
  );
}

/**
 * Reports what the plan's pointers name now: the image's version, or for `dev` its commit; else the
 * digest.
 */
export async function readPointers(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<readonly PointerFinding[]> {
  return Promise.all(
    plan.pointers.map(async (pointer): Promise<PointerFinding> => {
      const image = await readImage(client, pointer.pointer, signal);
      if (image.state === 'unknown') return { pointer, problem: image.problem };
      if (image.state === 'absent') return { pointer };
      const { name } = await readName(client, pointer, image, signal);
      return {
        pointer,
        version: name,
        ...(image.revision === undefined ? {} : { sha: image.revision }),
      };
    }),
  );
}

/** `dev`, and what releases move: `latest`, and `X.Y` of every line. */
export function managesTag(tag: string): boolean {
  return tag === 'dev' || tag === 'latest' || /^\d+\.\d+$/.test(tag);
}

/** Moves one tag as a person asked. Its image must name the commit that it was built from. */
export async function moveImageTag(
  client: RegistryClient,
  plan: GhcrPlan,
  requested: RequestedMove,
  step: Step,
  ports: PacePorts,
): Promise<PointerMove> {
  const { pointer } = requested;
  const coordinate = { ecosystem: 'oci', name: plan.image, version: pointer.version } as const;
  const image = await readImage(client, pointer.version, step.signal);
  if (image.state === 'unknown') return { pointer, outcome: 'blocked', problem: image.problem };
  if (image.state === 'absent')
    return { pointer, outcome: 'blocked', problem: missing(coordinate) };
  if (image.revision === undefined)
    return { pointer, outcome: 'blocked', problem: tagConflict(coordinate, undefined, undefined) };
  const { manifest } = image;
  const pace = createPace(step.signal, ports);
  return moveTagByHand({ client, plan, pointer, manifest, step, pace }, requested);
}

/** Returns the image that the pointers should name, or why they stay. */
async function readTarget(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<Manifest | Problem> {
  const target = await readImage(client, plan.sha, signal);
  const coordinate = { ecosystem: 'oci', name: plan.image, version: plan.sha } as const;
  if (target.state === 'unknown') return target.problem;
  if (target.state === 'present') {
    return target.revision === plan.sha
      ? target.manifest
      : tagConflict(coordinate, target.revision, plan.sha);
  }
  return missing(coordinate);
}

function missing(coordinate: Coordinate): Problem {
  const where = formatCoordinate(coordinate);
  return problem({
    code: 'ghcr-image-missing',
    kind: 'incomplete',
    message: `${where} is not there, so no tag can move to it.`,
    coordinate: where,
  });
}
