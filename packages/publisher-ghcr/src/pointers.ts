import { createPace, type PacePorts } from '@ameide/publisher-kit';
import {
  formatCoordinate,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import { conflict } from './judge.ts';
import { moveTag } from './move-pointer.ts';
import type { GhcrPlan } from './plan.ts';
import { nameOf } from './pointer-name.ts';
import { problem } from './problems.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { readHeld } from './registry/facts.ts';

/**
 * Moves every pointer of a plan to the image that the tag `<sha>` names on the registry, forwards
 * only.
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
  return Promise.all(
    plan.pointers.map(
      async (pointer): Promise<PointerMove> =>
        'code' in target
          ? { pointer, outcome: 'held', problem: target }
          : moveTag({ client, plan, pointer, manifest: target, step, pace }),
    ),
  );
}

/**
 * What the plan's pointers name now: the version it stands for, or the commit for `dev`; else the
 * digest.
 */
export async function readPointers(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<readonly PointerFinding[]> {
  return Promise.all(
    plan.pointers.map(async (pointer): Promise<PointerFinding> => {
      const held = await readHeld(client, pointer.pointer, signal);
      if (held.state === 'unknown') return { pointer, problem: held.problem };
      if (held.state === 'absent') return { pointer };
      const { name } = await nameOf(client, pointer, held, signal);
      return {
        pointer,
        version: name,
        ...(held.revision === undefined ? {} : { sha: held.revision }),
      };
    }),
  );
}

/** The image that the pointers shall name, or why they stay. */
async function readTarget(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<Manifest | Problem> {
  const target = await readHeld(client, plan.sha, signal);
  const coordinate = { ecosystem: 'oci', name: plan.image, version: plan.sha } as const;
  if (target.state === 'unknown') return target.problem;
  if (target.state === 'present' && target.manifest !== undefined) {
    return target.revision === plan.sha
      ? target.manifest
      : conflict(coordinate, target.revision, plan.sha);
  }
  const where = formatCoordinate(coordinate);
  return problem(
    'ghcr-image-missing',
    'incomplete',
    `${where} is not there, so no tag can move to it.`,
    {
      coordinate: where,
      rerun: 'safe',
    },
  );
}
