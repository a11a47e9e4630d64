import { readFile } from 'node:fs/promises';
import { ArchiveError, onceForEach } from '@ameide/publisher-kit';
import { namedBlobs } from '../image/manifest.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { type LayerReader, listLayer } from './contents.ts';
import { type ImageOutline, outlineImages, type RawImage } from './image.ts';

/** Reads the built images, which have the tag of the commit in every channel. */
export async function outlineBuilt(
  { image, sha }: GhcrPlan,
  built: GhcrBuilt,
): Promise<readonly ImageOutline[]> {
  const coordinate = { ecosystem: 'oci', name: image, version: sha } as const;
  const manifests = built.images.length > 0 ? built.images : [built.manifest];
  const raw = manifests.map(async ({ digest, path }): Promise<RawImage> => {
    const manifest = await readFile(path);
    const config = namedBlobs(manifest)?.[0]?.digest ?? '';
    return { coordinate, digest, manifest, config: await readFile(pathOf(built, config)) };
  });
  return outlineImages(await Promise.all(raw));
}

/** True for a layer that need not be downloaded. */
export function isBuilt({ blobs }: GhcrBuilt, digest: string): boolean {
  return blobs.some((blob) => blob.digest === digest);
}

/** Another machine may have built a layer that is no readable archive: then the list says so. */
export function builtLayers(built: GhcrBuilt, largest: number, signal: AbortSignal): LayerReader {
  const files = onceForEach(async (digest: string): ReturnType<LayerReader['files']> => {
    try {
      return await listLayer(await readFile(pathOf(built, digest)), signal);
    } catch (error) {
      if (error instanceof ArchiveError) return 'unreadable';
      throw error;
    }
  });
  return { largest, files };
}

function pathOf({ blobs }: GhcrBuilt, digest: string): string {
  const blob = blobs.find((one) => one.digest === digest);
  if (blob === undefined) throw new Error(`the built image has no blob ${digest}`);
  return blob.path;
}
