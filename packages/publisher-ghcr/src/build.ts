import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveEntry, type ArchiveLink, writeTarGz } from '@ameide/publisher-kit';
import type { Artifact, Step } from '@ameide/versioning-core';
import { imageConfig, imageManifest, type Platform } from './image/assemble.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST, ORAS_FOLDER } from './image/media-types.ts';
import { completeLayout, type StoredBlob, storeBlob, storeFile } from './image/store.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';

export interface PackInput {
  readonly entries: readonly (ArchiveEntry | ArchiveLink)[];
  /** The prefix from `archivePrefix`. */
  readonly prefix: string;
  readonly platform: Platform;
  /** What the image's history shows. */
  readonly createdBy: string;
}

/**
 * Builds an image of one layer. The same plan and entries give the same digest on every machine,
 * because nothing else goes in.
 */
export async function packImage(
  plan: GhcrPlan,
  { entries, prefix, platform, createdBy }: PackInput,
  { workspace, signal }: Pick<Step, 'workspace' | 'signal'>,
): Promise<GhcrBuilt> {
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
  const config = await storeBlob(
    workspace,
    OCI_CONFIG,
    imageConfig({ created, labels, platform, diffId, createdBy }),
  );
  return assembleBuilt(plan, config, [layer], workspace);
}

const LATEST_TAR_TIME = 0x7fff_ffff;

/**
 * Returns the commit's time, Unix seconds. With a constant time, a web server would give the same
 * ETag to two versions of a file with equal size.
 */
function layerTime(created: string): number {
  return Math.min(Math.max(0, Date.parse(created) / 1000), LATEST_TAR_TIME);
}

/** Makes the manifest for a config and layers that are already stored. */
export async function assembleBuilt(
  plan: GhcrPlan,
  config: StoredBlob,
  layers: readonly StoredBlob[],
  workspace: string,
): Promise<GhcrBuilt> {
  const manifest = await storeBlob(
    workspace,
    OCI_MANIFEST,
    imageManifest(config, layers, plan.labels),
  );
  await completeLayout(workspace, manifest);
  const size = [manifest, config, ...layers].reduce((sum, blob) => sum + blob.size, 0);
  const artifacts = plan.coordinates.map(
    (coordinate): Artifact => ({ coordinate, name: OCI_MANIFEST, digest: manifest.digest, size }),
  );
  // An image may contain an empty layer twice, but needs to upload it only once.
  const blobs = [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
  return { artifacts, manifest, blobs };
}
