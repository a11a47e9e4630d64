import {
  type Coordinate,
  formatCoordinate,
  type Problem,
  type Published,
  type Step,
} from '@ameide/versioning-core';
import { conflict, judge } from './judge.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';
import { problem } from './problems.ts';
import { type Sleep, writeTag } from './push.ts';
import { readBuilt } from './read-built.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { type HeldManifest, readHeld } from './registry/facts.ts';
import { uploadBlobs } from './registry/upload.ts';

export interface PublishPorts {
  readonly sleep: Sleep;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Tag {
  readonly coordinate: Coordinate;
  readonly held: HeldManifest;
}

/**
 * An answer about a tag is worth nothing for a write after this time: tags have no
 * compare-and-swap.
 */
const FRESH_MS = 1_000;

/**
 * Pushes what is absent. Nothing is pushed when any immutable tag is a conflict or cannot be read.
 * When one of them is there already with other bytes of our commit, the others are set to those
 * bytes: one commit, one image.
 */
export async function publishImage(
  client: RegistryClient,
  plan: GhcrPlan,
  built: GhcrBuilt,
  step: Step,
  ports: PublishPorts,
): Promise<readonly Published[]> {
  const asked = ports.now();
  const tags = await readTags(client, plan.coordinates, step.signal);
  const blocked = blockedBy(tags, plan);
  if (blocked !== undefined || tags.every(isPresent))
    return tags.map((tag) => settled(tag, plan, blocked));
  const manifest = presentManifest(tags);
  if (manifest !== undefined) return pushTags(client, tags, manifest, plan, step, ports);
  const ours = await readBuilt(plan, built, step.signal);
  if ('problem' in ours) return tags.map((tag) => unfinished(tag.coordinate, ours.problem));
  step.emit({
    publisher: plan.publisher,
    message: `pushing ${plan.image}@${built.manifest.digest}`,
  });
  const failed = await uploadBlobs(client, built.blobs, step.signal, ports.sleep);
  if (failed !== undefined) return tags.map((tag) => unfinished(tag.coordinate, failed));
  if (ports.now() - asked <= FRESH_MS)
    return pushTags(client, tags, ours.manifest, plan, step, ports);
  const again = await readTags(client, plan.coordinates, step.signal);
  return pushTags(client, again, presentManifest(again) ?? ours.manifest, plan, step, ports);
}

async function readTags(
  client: RegistryClient,
  coordinates: readonly Coordinate[],
  signal: AbortSignal,
): Promise<readonly Tag[]> {
  return Promise.all(
    coordinates.map(async (coordinate) => ({
      coordinate,
      held: await readHeld(client, coordinate.version, signal),
    })),
  );
}

async function pushTags(
  client: RegistryClient,
  tags: readonly Tag[],
  manifest: Manifest,
  plan: GhcrPlan,
  step: Step,
  ports: PublishPorts,
): Promise<readonly Published[]> {
  const blocked = blockedBy(tags, plan);
  return Promise.all(
    tags.map(async (tag) => {
      const { coordinate, held } = tag;
      if (blocked !== undefined || held.state !== 'absent') return settled(tag, plan, blocked);
      const written = await writeTag(
        client,
        { tag: coordinate.version, manifest, before: undefined },
        step.signal,
        ports.sleep,
      );
      if (written.state === 'stored')
        return { coordinate, outcome: 'published' as const, digest: manifest.digest };
      if (written.state === 'taken')
        return settled({ coordinate, held: written.held }, plan, undefined);
      return unfinished(coordinate, written.problem);
    }),
  );
}

/**
 * The image that our commit has on the registry already, whatever bytes a later build would have
 * made.
 */
function presentManifest(tags: readonly Tag[]): Manifest | undefined {
  return tags
    .map(({ held }) => (held.state === 'present' ? held.manifest : undefined))
    .find((manifest) => manifest !== undefined);
}

function isPresent(tag: Tag): boolean {
  return tag.held.state === 'present';
}

/** Why nothing may be pushed. */
function blockedBy(tags: readonly Tag[], plan: GhcrPlan): Problem | undefined {
  return tags
    .map(({ coordinate, held }) => judge(coordinate, held, plan.sha).problem)
    .find((found) => found !== undefined);
}

/** What a tag that is not to be written comes to. */
function settled(
  { coordinate, held }: Tag,
  plan: GhcrPlan,
  blocked: Problem | undefined,
): Published {
  if (held.state === 'unknown') return unfinished(coordinate, held.problem);
  if (held.state === 'absent') return unfinished(coordinate, notPushed(coordinate, blocked));
  if (held.revision === plan.sha)
    return { coordinate, outcome: 'already-there', digest: held.digest };
  return {
    coordinate,
    outcome: 'conflict',
    digest: held.digest,
    problem: conflict(coordinate, held.revision, plan.sha),
  };
}

function notPushed(coordinate: Coordinate, blocked: Problem | undefined): Problem {
  const where = formatCoordinate(coordinate);
  const why =
    blocked === undefined ? 'another tag of this image could not be pushed' : blocked.message;
  return problem('ghcr-not-pushed', 'incomplete', `${where} was not pushed: ${why}`, {
    coordinate: where,
    rerun: blocked?.rerun ?? 'safe',
  });
}

function unfinished(coordinate: Coordinate, found: Problem): Published {
  return {
    coordinate,
    outcome: found.kind === 'unknown' ? 'unknown' : 'incomplete',
    problem: found,
  };
}
