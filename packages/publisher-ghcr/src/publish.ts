import {
  createPace,
  inParallel,
  outcomeUnknown,
  type Pace,
  type PacePorts,
  settleAll,
  write,
} from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  failed,
  formatCoordinate,
  type Problem,
  type Published,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { pushImages } from './image/push-images.ts';
import { readBuilt } from './image/read-built.ts';
import { classifyImage } from './inspect.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';
import { tagConflict } from './problems.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { type ExistingImage, readImage } from './registry/existing-image.ts';
import { uploadBlobs } from './registry/upload.ts';
import {
  type CommitTags,
  differingImages,
  imageOfCommit,
  readCommitTags,
  type Tag,
} from './tags.ts';

export interface PublishPorts extends PacePorts {
  /** Milliseconds. */
  readonly now: () => number;
  /** True if the registry had none of the plan's tags when it was asked before the build. */
  readonly isExpectedAbsent?: boolean;
}

/**
 * Pushes absent tags. Pushes nothing if any immutable tag is a conflict or cannot be read. If one
 * of them has other bytes of our commit, sets the others to those bytes: one commit has one image.
 * Reads the tags at most one second before it sets them.
 */
export async function publishImage(
  client: RegistryClient,
  plan: GhcrPlan,
  built: GhcrBuilt,
  step: Step,
  ports: PublishPorts,
): Promise<readonly Published[]> {
  const pace = createPace(step.signal, { sleep: ports.sleep });
  const push = { client, plan, pace, isReproducible: step.isReproducible === true };
  const readTags = async (): Promise<CommitTags> =>
    readCommitTags(client, plan, step.signal, { freshness: 'recent' });
  const isDecided = (tags: CommitTags): boolean =>
    imageOfCommit(tags, plan.sha) !== undefined || blockedBy(tags, plan) !== undefined;
  // If the check before the build found no tags, begin at once: content that no tag names does no harm.
  if (ports.isExpectedAbsent !== true) {
    const before = await readTags();
    if (isDecided(before)) return pushTags(push, before, imageOfCommit(before, plan.sha));
  }
  const ours = await uploadImage(push, built, step, readTags);
  const tags = await readTags();
  if (ours.problems !== undefined && !isDecided(tags)) return unpublished(plan, ours.problems[0]);
  return pushTags(push, tags, imageOfCommit(tags, plan.sha) ?? ours.value);
}

interface Push {
  readonly client: RegistryClient;
  readonly plan: GhcrPlan;
  readonly pace: Pace;
  /** True if every build of the commit makes these bytes. */
  readonly isReproducible: boolean;
}

/**
 * Uploads everything that the image's manifest names, and returns that manifest, which is not pushed yet.
 * Reads the tags while it sends the last of it: they are set next, and until then that is recent.
 */
async function uploadImage(
  { client, pace, plan }: Push,
  built: GhcrBuilt,
  step: Step,
  readTags: () => Promise<unknown>,
): Promise<Result<Manifest>> {
  const ours = await readBuilt(plan, built, step.signal);
  if (ours.problems !== undefined) return ours;
  step.emit({
    publisher: plan.publisher,
    message: `pushing ${plan.image}@${built.manifest.digest}`,
  });
  let reading: Promise<unknown> = Promise.resolve();
  const read = (): void => {
    // If this fails, the tags are read again.
    reading = Promise.allSettled([reading, readTags()]);
  };
  const isIndex = built.images.length > 0;
  try {
    const unstored = await uploadBlobs(client, built.blobs, pace, isIndex ? undefined : read);
    if (unstored !== undefined) return failed(unstored);
    if (isIndex) read();
    const unpushed = await pushImages(client, built.images, pace);
    return unpushed === undefined ? ours : failed(unpushed);
  } finally {
    await reading;
  }
}

/**
 * Pushes the tag of the commit, then the version's tag to whatever the commit's tag names: another
 * run may have set it at the same time. If every run makes the same bytes, pushes both at once.
 */
async function pushTags(
  push: Push,
  tags: CommitTags,
  manifest: Manifest | undefined,
): Promise<readonly Published[]> {
  const { client, pace, plan } = push;
  const blocked = blockedBy(tags, plan);
  const [commitTag, ...versionTags] = tags.planned;
  if (blocked !== undefined || manifest === undefined || commitTag === undefined)
    return tags.planned.map((tag) => settled(tag, plan, blocked));
  if (push.isReproducible)
    return settleAll(
      tags.planned.map(async (tag) => pushAbsent(client, tag, manifest, plan, pace)),
    );
  const first = await pushAbsent(client, commitTag, manifest, plan, pace);
  if (first.problem !== undefined)
    return [first, ...versionTags.map((tag) => settled(tag, plan, first.problem))];
  if (versionTags.every(isPresent)) return [first, ...versionTags.map((tag) => settled(tag, plan))];
  const named = await readImage(client, plan.sha, pace.signal);
  const now = { ...commitTag, image: named };
  // A registry may show a tag only a moment after it accepted it.
  if (named.state !== 'absent' && settled(now, plan).problem !== undefined)
    return [now, ...versionTags].map((tag) => settled(tag, plan, settled(now, plan).problem));
  const target = named.state === 'present' ? named.manifest : manifest;
  const others = await inParallel(versionTags, async (tag) =>
    pushAbsent(client, tag, target, plan, pace),
  );
  return [{ ...first, digest: target.digest }, ...others];
}

async function pushAbsent(
  client: RegistryClient,
  tag: Tag,
  manifest: Manifest,
  plan: GhcrPlan,
  pace: Pace,
): Promise<Published> {
  return tag.image.state === 'absent'
    ? pushTag(client, tag.coordinate, manifest, plan, pace)
    : settled(tag, plan);
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
    : settled({ coordinate, image: written.seen.image }, plan);
}

function isPresent(tag: Tag): boolean {
  return tag.image.state === 'present';
}

/** Returns why nothing may be pushed. */
function blockedBy(tags: CommitTags, plan: GhcrPlan): Problem | undefined {
  const planned = tags.planned.map(
    ({ coordinate, image }) => classifyImage(coordinate, image, plan.sha).problem,
  );
  return [...planned, differingImages(tags, plan)].find((found) => found !== undefined);
}

function unpublished({ coordinates }: GhcrPlan, found: Problem): readonly Published[] {
  return coordinates.map((coordinate) => unfinished(coordinate, found));
}

/** Returns the outcome of a tag that is not written. */
function settled({ coordinate, image }: Tag, plan: GhcrPlan, blocked?: Problem): Published {
  if (image.state === 'unknown') return unfinished(coordinate, image.problem);
  if (image.state === 'absent') return unfinished(coordinate, notPushed(coordinate, blocked));
  if (image.revision === plan.sha && blocked?.code === 'ghcr-images-differ')
    return { coordinate, outcome: 'conflict', digest: image.digest, problem: blocked };
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
