import { type ArchiveEntry, gzip, packTar } from '@ameide/publisher-kit';
import type { Artifact } from '@ameide/versioning-core';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { imageConfig, imageManifest, type Platform } from './assemble.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST } from './media-types.ts';
import { completeLayout, digestOf, type StoredBlob, storeBlob } from './store.ts';

export interface PackInput {
  readonly entries: readonly ArchiveEntry[];
  /** As `parseImagePath` gives it. */
  readonly prefix: string;
  readonly platform: Platform;
  /** For the image's history. */
  readonly createdBy: string;
}

/**
 * An image of one layer. The same plan and entries give the same digest on every machine: nothing
 * but them goes in.
 */
export async function packImage(
  plan: GhcrPlan,
  input: PackInput,
  workspace: string,
): Promise<GhcrBuilt> {
  const entries = input.entries.map((entry) => ({
    ...entry,
    path: `${input.prefix}${entry.path}`,
  }));
  const tar = await packTar(entries, { folders: true });
  const layer = await storeBlob(workspace, OCI_LAYER_GZIP, await gzip(tar));
  const { created, labels } = plan;
  const config = await storeBlob(
    workspace,
    OCI_CONFIG,
    imageConfig({
      created,
      labels,
      platform: input.platform,
      diffId: digestOf(tar),
      createdBy: input.createdBy,
    }),
  );
  return assembleBuilt(plan, config, [layer], workspace);
}

/** The manifest over a config and layers that are stored already. */
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
  // An empty layer can stand in an image twice, and needs to be uploaded once.
  const blobs = [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
  return { artifacts, manifest, blobs };
}
