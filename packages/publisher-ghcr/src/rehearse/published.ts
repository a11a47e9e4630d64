import { inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  decidePointer,
  type Pointer,
  type Problem,
  parseOciTag,
} from '@ameide/versioning-core';
import { imagesOfIndex, namedBlobs, parseManifest } from '../image/manifest.ts';
import type { GhcrPlan } from '../plan.ts';
import { movingTagOf, readName } from '../pointers/pointer-name.ts';
import { incompleteImage, malformed } from '../problems.ts';
import type { Manifest, Read, RegistryClient } from '../registry/client.ts';
import { readImage } from '../registry/existing-image.ts';
import type { RawImage } from './image.ts';

/** Why the published image could not be read. */
export class UnreadError extends Error {
  override readonly name = 'UnreadError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** More than the platforms that exist; each image costs two requests. */
const MOST_IMAGES = 100;

/**
 * Reads the images that the built ones are compared with; none if nothing was published before.
 * Throws `UnreadError`.
 */
export async function readPublished(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<readonly RawImage[]> {
  const found = await findPublished(client, plan, signal);
  if (found === undefined) return [];
  const { manifest, tag } = found;
  const coordinate: Coordinate = { ecosystem: 'oci', name: plan.image, version: tag };
  const manifests = await readImages(client, manifest, signal);
  return inParallel(manifests, async (one) => readRaw(client, coordinate, one, signal));
}

interface Found {
  readonly tag: string;
  readonly manifest: Manifest;
}

/**
 * Finds this version; else what the first pointer names; else the version before it. A release is not
 * compared with the dev build of its commit, which is the same image. Tags that are commit ids do not
 * show which commit is older.
 */
async function findPublished(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
): Promise<Found | undefined> {
  for (const { version } of plan.coordinates.slice(-1)) {
    const manifest = valueOf(await client.manifest(version, signal));
    if (manifest !== undefined) return { tag: version, manifest };
  }
  const [pointer] = plan.pointers;
  const named = pointer && (await findNamed(client, plan, pointer, signal));
  if (named !== undefined) return named;
  const tags = valueOf(await client.tags(signal)) ?? [];
  const tag = highestBefore(plan.version, tags);
  if (tag === undefined) return undefined;
  return { tag, manifest: required(client, tag, await client.manifest(tag, signal)) };
}

/** A pointer that names a higher version stays: a fix of an older line is compared with that line. */
async function findNamed(
  client: RegistryClient,
  plan: GhcrPlan,
  pointer: Pointer,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const image = await readImage(client, pointer.pointer, signal);
  if (image.state === 'unknown') throw new UnreadError(image.problem);
  if (image.state === 'absent') return undefined;
  const moving = movingTagOf(plan, pointer);
  const { version } = await readName(client, moving, image, signal);
  const stays =
    moving.rule !== 'ancestry' && version !== undefined && isAbove(version, plan.version);
  return stays ? undefined : { tag: pointer.pointer, manifest: image.manifest };
}

/** Returns the highest lower version that the same consumers get: before a release, a release. */
export function highestBefore(version: string, tags: readonly string[]): string | undefined {
  const isRelease = isStable(version);
  return tags
    .filter((tag) => parseOciTag(tag)?.sha === undefined && parseOciTag(tag) !== undefined)
    .filter((tag) => (isStable(tag) || !isRelease) && tag !== version && isAbove(version, tag))
    .filter((tag) => isDevBuild(version) || !isDevBuild(tag))
    .reduce<string | undefined>(
      (best, tag) => (best === undefined || isAbove(tag, best) ? tag : best),
      undefined,
    );
}

function isDevBuild(version: string): boolean {
  return version.includes('-dev.');
}

function isStable(version: string): boolean {
  return !version.includes('-');
}

function isAbove(version: string, other: string): boolean {
  return decidePointer('forwards', { version: other }, { version, sha: '' }, 'unknown') === 'move';
}

/** Returns the manifests of an index's images, or that of one image. */
async function readImages(
  client: RegistryClient,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<readonly Manifest[]> {
  if (parseManifest(manifest.bytes)?.kind !== 'index') return [manifest];
  const operation = client.operation('read', manifest.digest);
  const images = imagesOfIndex(manifest.bytes);
  if (images === undefined)
    throw new UnreadError(malformed(operation, 'the index does not say what it names'));
  if (images.length > MOST_IMAGES)
    throw new UnreadError(malformed(operation, `it names more than ${MOST_IMAGES} images`));
  return inParallel(images, async ({ digest }) =>
    required(client, digest, await client.manifest(digest, signal)),
  );
}

async function readRaw(
  client: RegistryClient,
  coordinate: Coordinate,
  { bytes, digest }: Manifest,
  signal: AbortSignal,
): Promise<RawImage> {
  const isImage = parseManifest(bytes)?.kind === 'image';
  const config = isImage ? namedBlobs(bytes)?.[0] : undefined;
  if (config === undefined) {
    const operation = client.operation('read', digest);
    throw new UnreadError(malformed(operation, 'it is no manifest of an image'));
  }
  const read = await client.config(config.digest, signal);
  const value = required(client, config.digest, read);
  return { coordinate, digest, manifest: bytes, config: value };
}

/** Returns undefined if the registry says that it is not there. */
function valueOf<T>(read: Read<T>): T | undefined {
  if (read.state === 'unknown') throw new UnreadError(read.problem);
  return read.state === 'present' ? read.value : undefined;
}

/** Returns what the registry must have, because it names it. */
export function required<T>(client: RegistryClient, reference: string, read: Read<T>): T {
  const value = valueOf(read);
  if (value !== undefined) return value;
  throw new UnreadError(incompleteImage(client.operation('read', reference)));
}
