import {
  createPace,
  inParallel,
  outcomeUnknown,
  type Pace,
  type PacePorts,
  write,
} from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  type Published,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { readBuilt } from './image/read-built.ts';
import { classifyImage } from './inspect.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';
import { tagConflict } from './problems.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { type ExistingImage, readImage } from './registry/existing-image.ts';
import { uploadBlobs } from './registry/upload.ts';

export interface PublishPorts extends PacePorts {
  /** Milliseconds. */
  readonly now: () => number;
}

interface Tag {
  readonly coordinate: Coordinate;
  readonly image: ExistingImage;
}

/** Tags have no compare-and-swap, so after this time a tag is read again before it is written. */
const FRESH_MS = 1_000;

/**
 * Pushes absent tags. Pushes nothing if any immutable tag is a conflict or cannot be read. If one
 * of them has other bytes of our commit, sets the others to those bytes: one commit has one image.
 */
export async function publishImage(
  client: RegistryClient,
  plan: GhcrPlan,
  built: GhcrBuilt,
  step: Step,
  ports: PublishPorts,
): Promise<readonly Published[]> {
  const asked = ports.now();
  const pace = createPace(step.signal, { sleep: ports.sleep });
  const tags = await readTags(client, plan.coordinates, step.signal);
  const blocked = blockedBy(tags, plan);
  if (blocked !== undefined || tags.every(isPresent))
    return tags.map((tag) => settled(tag, plan, blocked));
  const manifest = presentManifest(tags);
  if (manifest !== undefined) return pushTags(client, tags, manifest, plan, pace);
  const ours = await readBuilt(plan, built, step.signal);
  if (ours.problems !== undefined)
    return tags.map((tag) => unfinished(tag.coordinate, ours.problems[0]));
  step.emit({
    publisher: plan.publisher,
    message: `pushing ${plan.image}@${built.manifest.digest}`,
  });
  const failed = await uploadBlobs(client, built.blobs, pace);
  if (failed !== undefined) return tags.map((tag) => unfinished(tag.coordinate, failed));
  if (ports.now() - asked <= FRESH_MS) return pushTags(client, tags, ours.value, plan, pace);
  const again = await readTags(client, plan.coordinates, step.signal);
  return pushTags(client, again, presentManifest(again) ?? ours.value, plan, pace);
}

async function readTags(
  client: RegistryClient,
  coordinates: readonly Coordinate[],
  signal: AbortSignal,
): Promise<readonly Tag[]> {
  return Promise.all(
    coordinates.map(async (coordinate) => ({
      coordinate,
      image: await readImage(client, coordinate.version, signal),
    })),
  );
}

async function pushTags(
  client: RegistryClient,
  tags: readonly Tag[],
  manifest: Manifest,
  plan: GhcrPlan,
  pace: Pace,
): Promise<readonly Published[]> {
  const blocked = blockedBy(tags, plan);
  return inParallel(tags, async (tag) =>
    blocked !== undefined || tag.image.state !== 'absent'
      ? settled(tag, plan, blocked)
      : pushTag(client, tag.coordinate, manifest, plan, pace),
  );
}

/** Pushes one absent tag. */
async function pushTag(
  client: RegistryClient,
  coordinate: Coordinate,
  manifest: Manifest,
  plan: GhcrPlan,
  pace: Pace,
): Promise<Published> {
  const tag = coordinate.version;
  const written = await write<Finding & { readonly image: ExistingImage }, Problem>(
    {
      send: async () => client.putManifest(tag, manifest, pace.signal),
      async read() {
        const image = await readImage(client, tag, pace.signal);
        return { ...classifyImage(coordinate, image, plan.sha, manifest.digest), image };
      },
    },
    pace,
  );
  if (written.state === 'not-written') return unfinished(coordinate, written.reason);
  if (written.state === 'unknown') {
    const problem = outcomeUnknown('ghcr', written.reason, written.unread?.problem);
    return unfinished(coordinate, problem);
  }
  return written.state === 'accepted' || written.seen.state === 'identical'
    ? { coordinate, outcome: 'published', digest: manifest.digest }
    : settled({ coordinate, image: written.seen.image }, plan, undefined);
}

/**
 * Returns the image of our commit that the registry already has; a later build may have other
 * bytes.
 */
function presentManifest(tags: readonly Tag[]): Manifest | undefined {
  return tags
    .map(({ image }) => (image.state === 'present' ? image.manifest : undefined))
    .find((manifest) => manifest !== undefined);
}

function isPresent(tag: Tag): boolean {
  return tag.image.state === 'present';
}

/** Returns why nothing may be pushed. */
function blockedBy(tags: readonly Tag[], plan: GhcrPlan): Problem | undefined {
  return tags
    .map(({ coordinate, image }) => classifyImage(coordinate, image, plan.sha).problem)
    .find((found) => found !== undefined);
}

/** Returns the outcome of a tag that is not written. */
function settled(
  { coordinate, image }: Tag,
  plan: GhcrPlan,
  blocked: Problem | undefined,
): Published {
  if (image.state === 'unknown') return unfinished(coordinate, image.problem);
  if (image.state === 'absent') return unfinished(coordinate, notPushed(coordinate, blocked));
  if (image.revision === plan.sha)
    return { coordinate, outcome: 'already-there', digest: image.digest };
  return {
    coordinate,
    outcome: 'conflict',
    digest: image.digest,
    problem: tagConflict(coordinate, image.revision, plan.sha),
  };
}

function notPushed(coordinate: Coordinate, blocked: Problem | undefined): Problem {
  const where = formatCoordinate(coordinate);
  const why =
    blocked === undefined ? 'another tag of this image could not be pushed' : blocked.message;
  return problem({
    code: 'ghcr-not-pushed',
    kind: 'incomplete',
    message: `${where} was not pushed: ${why}`,
    coordinate: where,
    rerun: blocked?.rerun,
  });
}

function unfinished(coordinate: Coordinate, found: Problem): Published {
  return {
    coordinate,
    outcome: found.kind === 'unknown' ? 'unknown' : 'incomplete',
    problem: found,
  };
}
