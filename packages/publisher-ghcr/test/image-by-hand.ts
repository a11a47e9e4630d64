import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTar, type TarEntry } from '@ameide/publisher-kit';
import { onTestFinished } from 'vitest';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from '../src/image/media-types.ts';
import { type StoredBlob, storeBlob } from '../src/image/store.ts';
import type { GhcrBuilt } from '../src/plan.ts';
import type { World } from './registry-world.ts';

/** A layer, and how its manifest describes it. */
export interface HandLayer {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
}

export interface HandImage {
  /** The lowest first. */
  readonly layers: readonly HandLayer[];
  readonly config?: object;
  readonly configType?: string;
  /** True for what buildx adds to an index beside the images. */
  readonly isAttestation?: boolean;
}

const UNKNOWN = { architecture: 'unknown', os: 'unknown' };
const CONFIG = { architecture: 'amd64', os: 'linux' };

/** Packs files by path; a text as a file, `null` as an empty one, as whiteouts are. */
export async function tarOf(files: Readonly<Record<string, string | null>>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(
    ([path, text]): TarEntry => ({ path, content: Buffer.from(text ?? '') }),
  );
  return packTar(entries, { folders: true });
}

/** Makes an image without any engine, as `build` returns one. */
export async function imageOf(...images: readonly HandImage[]): Promise<GhcrBuilt> {
  const folder = mkdtempSync(join(tmpdir(), 'hand-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const blobs: StoredBlob[] = [];
  const manifests: StoredBlob[] = [];
  for (const { config = CONFIG, configType = OCI_CONFIG, layers } of images) {
    const stored = [
      await storeBlob(folder, configType, json(config)),
      ...(await Promise.all(
        layers.map(async ({ bytes, mediaType = OCI_LAYER_GZIP }) =>
          storeBlob(folder, mediaType, bytes),
        ),
      )),
    ];
    const [first, ...rest] = stored.map(descriptor);
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: first, layers: rest };
    manifests.push(await storeBlob(folder, OCI_MANIFEST, json(manifest)));
    blobs.push(...stored);
  }
  const [only] = manifests;
  if (manifests.length === 1 && only !== undefined)
    return { artifacts: [], manifest: only, images: [], blobs };
  const named = manifests.map((one, at) => ({
    ...descriptor(one),
    ...(images[at]?.isAttestation === true ? { platform: UNKNOWN } : {}),
  }));
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: named };
  const manifest = await storeBlob(folder, OCI_INDEX, json(index));
  return { artifacts: [], manifest, images: manifests, blobs };
}

/** Pushes an image past every publisher. */
export async function push(world: World, tag: string, image: GhcrBuilt): Promise<void> {
  for (const { digest, path } of image.blobs) {
    const begun = await world.fetch('blobs/uploads/', { method: 'POST' });
    const location = `${begun.headers.get('location')}?digest=${digest}`;
    await put(world, location.slice(location.indexOf('blobs/')), await readFile(path));
  }
  for (const { digest, mediaType, path } of image.images)
    await put(world, `manifests/${digest}`, await readFile(path), mediaType);
  const { mediaType, path } = image.manifest;
  await put(world, `manifests/${tag}`, await readFile(path), mediaType);
}

async function put(
  world: World,
  path: string,
  body: Uint8Array<ArrayBuffer>,
  type = 'application/octet-stream',
): Promise<void> {
  const headers = { 'content-type': type };
  const { ok, status } = await world.fetch(path, { method: 'PUT', headers, body });
  if (!ok) throw new Error(`PUT ${path}: ${status}`);
}

function descriptor({ digest, mediaType, size }: StoredBlob): object {
  return { digest, mediaType, size };
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
