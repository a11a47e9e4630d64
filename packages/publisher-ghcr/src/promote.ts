import { createPace, type Pace, type PacePorts, settleAll } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  problem,
  type RequestedMove,
  type Step,
} from '@ameide/versioning-core';
import { classifyImage } from './inspect.ts';
import type { GhcrPlan } from './plan.ts';
import { type ReadTag, readEarly } from './pointers/early-read.ts';
import { createLastLook } from './pointers/last-look.ts';
import { type Move, moveTagByHand, tagReader } from './pointers/move-pointer.ts';
import { moveTags } from './pointers/move-tags.ts';
import { movingTagOf, readName } from './pointers/pointer-name.ts';
import { tagConflict } from './problems.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { readImage } from './registry/existing-image.ts';
import type { ImageSigning } from './sign/image-signing.ts';
import { differingImages, readCommitTags } from './tags.ts';

/**
 * Moves every pointer of a plan, never backwards, to the image that the plan's tags name on the
 * registry.
 */
export async function promoteImage(
  client: RegistryClient,
  plan: GhcrPlan,
  step: Step,
  ports: PacePorts & { readonly signing?: Pick<ImageSigning, 'findUnproven'> },
): Promise<readonly PointerMove[]> {
  if (plan.pointers.length === 0) return [];
  const { isReproducible = false } = step;
  const how = { isReproducible, freshness: 'recent' } as const;
  const pace = createPace(step.signal, ports);
  const [target, reads] = await settleAll([
    readTarget(client, plan, step.signal, how),
    readAllEarly(client, plan, step, pace),
  ]);
  if ('code' in target) return plan.pointers.map((pointer) => blocked(pointer, target));
  // The tag may name another image than the one that was signed.
  const unproven = await ports.signing?.findUnproven(plan, target.digest, step);
  if (unproven !== undefined) return plan.pointers.map((pointer) => blocked(pointer, unproven));
  const wanted = reads.map(
    ([pointer, read]): Move => ({ client, plan, pointer, read, manifest: target, step, pace }),
  );
  // Another run may have set a tag of the commit meanwhile.
  const lastLook = createLastLook(wanted, async () =>
    readTarget(client, plan, step.signal, { isReproducible }),
  );
  const moves = await moveTags(wanted, lastLook);
  if (moves.every(({ outcome }) => outcome === 'already' || outcome === 'superseded')) return moves;
  const after = await lastLook.found();
  const reason = 'code' in after ? after : otherImage(plan, target, after);
  if (reason === undefined) return moves;
  return moves.map((move) =>
    move.outcome === 'blocked' ? move : blocked(move.pointer, { ...reason, effect: 'committed' }),
  );
}

/**
 * Reads each moving tag while the plan's tags are read. Not before `promote`: only what is read after our
 * writes shows that another commit was published as our version before them (see `findTaken`).
 */
async function readAllEarly(
  client: RegistryClient,
  { pointers }: GhcrPlan,
  { signal }: Step,
  pace: Pace,
): Promise<readonly (readonly [Pointer, ReadTag])[]> {
  return settleAll(
    pointers.map(async (pointer) => {
      const read = tagReader(client, pointer.pointer, signal);
      return [pointer, await readEarly(read, () => pace.now())] as const;
    }),
  );
}

function blocked(pointer: Pointer, reason: Problem): PointerMove {
  return { pointer, outcome: 'blocked', problem: reason };
}

/** Returns the problem of a commit that got another image while its pointers were moved. */
function otherImage(
  { image, sha }: GhcrPlan,
  before: Manifest,
  after: Manifest,
): Problem | undefined {
  if (before.digest === after.digest) return undefined;
  const where = formatCoordinate({ ecosystem: 'oci', name: image, version: sha });
  return problem({
    code: 'ghcr-images-differ',
    kind: 'conflict',
    message: `${where} named ${before.digest}, to which tags were moved, and names ${after.digest} now.`,
    hint: 'Another run published this commit at the same time. When it has ended, run the same command again: it moves the tags to the image that is there.',
    coordinate: where,
    rerun: 'safe',
  });
}

/**
 * Reports what the plan's pointers name now: the image's version, or its commit where the pointer follows
 * history; else the digest.
 */
export async function readPointers(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<readonly PointerFinding[]> {
  return Promise.all(plan.pointers.map((pointer) => readPointer(client, plan, pointer, signal)));
}

/** Reports what one tag names that the plan's policy moves. */
export async function readPointer(
  client: RegistryClient,
  plan: GhcrPlan,
  pointer: Pointer,
  signal: AbortSignal,
): Promise<PointerFinding> {
  const image = await readImage(client, pointer.pointer, signal);
  if (image.state === 'unknown') return { pointer, problem: image.problem };
  if (image.state === 'absent') return { pointer };
  const { name } = await readName(client, movingTagOf(plan, pointer), image, signal);
  return {
    pointer,
    version: name,
    digest: image.digest,
    ...(image.revision === undefined ? {} : { sha: image.revision }),
  };
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
  const read = tagReader(client, pointer.pointer, step.signal);
  return moveTagByHand({ client, plan, pointer, read, manifest, step, pace }, requested);
}

/**
 * Returns the image that the pointers should name, or why they stay. Every tag of the plan has to
 * name our commit: another one that publishes our version may have set the version's tag.
 */
async function readTarget(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
  how: Parameters<typeof readCommitTags>[3],
): Promise<Manifest | Problem> {
  const tags = await readCommitTags(client, plan, signal, how);
  const differing = differingImages(tags, plan);
  if (differing !== undefined) return differing;
  for (const { coordinate, image } of tags.planned) {
    const found =
      image.state === 'absent'
        ? missing(coordinate)
        : classifyImage(coordinate, image, plan.sha).problem;
    if (found !== undefined) return found;
  }
  const target = tags.planned[0]?.image;
  return target?.state === 'present'
    ? target.manifest
    : missing({ ecosystem: 'oci', name: plan.image, version: plan.sha });
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
