import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveEntry, type ArchiveLink, settleAll, writeTarGz } from '@ameide/publisher-kit';
import type { Artifact, Step } from '@ameide/versioning-core';
import { imageConfig, imageIndex, imageManifest } from './image/assemble.ts';
import {
  OCI_CONFIG,
  OCI_INDEX,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  ORAS_FOLDER,
} from './image/media-types.ts';
import type { Platform } from './image/platform.ts';
import { completeLayout, type StoredBlob, storeBlob, storeFile } from './image/store.ts';
import type { RunOptions } from './options.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';

export interface PackInput {
  readonly entries: readonly (ArchiveEntry | ArchiveLink)[];
  /** The prefix from `archivePrefix`. */
  readonly prefix: string;
  /** The platforms that get these entries. */
  readonly platforms: readonly Platform[];
  /** What the image's history shows. */
  readonly createdBy: string;
  readonly run?: RunOptions | undefined;
}

/** An image's config and layers, in the workspace. */
export interface ImageParts {
  readonly config: StoredBlob;
  readonly layers: readonly StoredBlob[];
}

export interface PlatformImage extends ImageParts {
  readonly platform: Platform;
}

/**
 * Packs entries into one layer, and makes an image of it for each platform. The same plan and
 * entries give the same digests on every machine, because nothing else goes in.
 */
export async function packImages(
  plan: GhcrPlan,
  { entries, prefix, platforms, createdBy, run }: PackInput,
  { workspace, signal }: Pick<Step, 'workspace' | 'signal'>,
): Promise<readonly PlatformImage[]> {
  const placed = entries.map((entry) => ({ ...entry, path: `${prefix}${entry.path}` }));
  const path = join(workspace, 'layer.tar.gz');
  const { sha256, size, contentSha256 } = await writeTarGz(path, placed, {
    folders: true,
    // Containers run on Linux.
    portable: false,
    mtime: layerTime(plan.created),
    signal,
  });
  const layer = await storeFile(workspace, {
    mediaType: OCI_LAYER_GZIP,
    digest: `sha256:${sha256}`,
    size,
    path,
    annotations: ORAS_FOLDER,
  });
  await rm(path);
  const { created, labels } = plan;
  const diffId = `sha256:${contentSha256}`;
  return settleAll(
    platforms.map(async (platform): Promise<PlatformImage> => {
      const bytes = imageConfig({ created, labels, platform, run, diffId, createdBy });
      return { platform, config: await storeBlob(workspace, OCI_CONFIG, bytes), layers: [layer] };
    }),
  );
}

const LATEST_TAR_TIME = 0x7fff_ffff;

/**
 * Returns the commit's time, Unix seconds. With a constant time, a web server would give the same
 * ETag to two versions of a file with equal size.
 */
function layerTime(created: string): number {
  return Math.min(Math.max(0, Date.parse(created) / 1000), LATEST_TAR_TIME);
}

/** Makes the index, or the one image. */
export async function assemble(
  plan: GhcrPlan,
  images: readonly PlatformImage[],
  isIndex: boolean,
  workspace: string,
): Promise<GhcrBuilt> {
  const [image] = images;
  return isIndex || image === undefined
    ? assembleIndex(plan, images, workspace)
    : assembleImage(plan, image, workspace);
}

/** Makes the manifest of an image whose config and layers are already stored. */
export async function assembleImage(
  plan: GhcrPlan,
  image: ImageParts,
  workspace: string,
): Promise<GhcrBuilt> {
  const manifest = await storeManifest(plan, image, workspace);
  return complete(plan, { manifest, images: [], blobs: blobsOf([image]) }, workspace);
}

/** Makes the manifest of each image, and the index that names them. */
async function assembleIndex(
  plan: GhcrPlan,
  images: readonly PlatformImage[],
  workspace: string,
): Promise<GhcrBuilt> {
  const named = await settleAll(
    images.map(async (image) => ({
      manifest: await storeManifest(plan, image, workspace),
      platform: image.platform,
    })),
  );
  const manifest = await storeBlob(workspace, OCI_INDEX, imageIndex(named, plan.labels));
  const manifests = named.map((one) => one.manifest);
  return complete(plan, { manifest, images: manifests, blobs: blobsOf(images) }, workspace);
}

async function storeManifest(
  { labels }: GhcrPlan,
  { config, layers }: ImageParts,
  workspace: string,
): Promise<StoredBlob> {
  return storeBlob(workspace, OCI_MANIFEST, imageManifest(config, layers, labels));
}

/** An image may contain a layer twice, and images may share layers, but each is uploaded once. */
function blobsOf(images: readonly ImageParts[]): readonly StoredBlob[] {
  const all = images.flatMap(({ config, layers }) => [config, ...layers]);
  return [...new Map(all.map((blob) => [blob.digest, blob])).values()];
}

async function complete(
  plan: GhcrPlan,
  image: Omit<GhcrBuilt, 'artifacts'>,
  workspace: string,
): Promise<GhcrBuilt> {
  await completeLayout(workspace, image.manifest);
  return builtFrom(plan, image);
}

/** Names an image by the plan's tags. */
export function builtFrom(
  { coordinates }: GhcrPlan,
  image: Omit<GhcrBuilt, 'artifacts'>,
): GhcrBuilt {
  const { manifest, images, blobs } = image;
  const size = [manifest, ...images, ...blobs].reduce((sum, blob) => sum + blob.size, 0);
  const { digest, mediaType: name } = manifest;
  const artifacts = coordinates.map((coordinate): Artifact => ({ coordinate, name, digest, size }));
  return { artifacts, ...image };
}
