import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { builtFolderProblem, cleanText } from '@ameide/publisher-kit';
import { failed, ok, type Result } from '@ameide/versioning-core';
import { builtFrom } from '../build.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { loadSbom, type StoredSbom, saveSbom } from '../sbom/sbom-file.ts';
import { type Descriptor, namedBlobs, parseConfigLabels } from './manifest.ts';
import { OCI_INDEX } from './media-types.ts';
import { blobPath, completeLayout, digestOfFile, type StoredBlob } from './store.ts';

/** Writes the image as an OCI image layout (image-spec, image-layout.md), which other tools read. */
export async function saveLayout(built: GhcrBuilt, folder: string): Promise<void> {
  const { blobs, images, manifest, sbom } = built;
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const { digest, path } of [manifest, ...images, ...blobs])
    await copyFile(path, blobPath(folder, digest));
  await completeLayout(folder, manifest);
  if (sbom !== undefined) await saveSbom(sbom, folder);
}

/** Reads the image again, checks every digest, and that its labels are those of the plan. */
export async function loadLayout(
  plan: GhcrPlan,
  folder: string,
  signal: AbortSignal,
): Promise<Result<GhcrBuilt>> {
  try {
    const built = builtFrom(plan, await readLayout(plan, folder, signal));
    return ok(plan.sbom === undefined ? built : { ...built, sbom: await readSaved(folder) });
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return failed(builtFolderProblem(plan.publisher, error.message));
  }
}

/** The folder is no layout of this image. */
class LayoutError extends Error {
  override readonly name = 'LayoutError';
}

async function readSaved(folder: string): Promise<StoredSbom> {
  const sbom = await loadSbom(folder);
  if (typeof sbom === 'string') throw new LayoutError(sbom);
  return sbom;
}

async function readLayout(
  plan: GhcrPlan,
  folder: string,
  signal: AbortSignal,
): Promise<Omit<GhcrBuilt, 'artifacts'>> {
  const readNamed = async (path: string): Promise<readonly StoredBlob[]> => {
    const bytes = await readFile(path).catch(() => undefined);
    const named = bytes === undefined ? undefined : namedBlobs(bytes);
    if (named === undefined) throw new LayoutError(`${basename(path)} names no image`);
    return Promise.all(named.map(async (one) => findBlob(folder, one, signal)));
  };
  const [manifest, ...others] = await readNamed(join(folder, 'index.json'));
  if (manifest === undefined || others.length > 0)
    throw new LayoutError('index.json does not name exactly one image');
  const images = manifest.mediaType === OCI_INDEX ? await readNamed(manifest.path) : [];
  const blobs: StoredBlob[] = [];
  for (const { path } of images.length > 0 ? images : [manifest]) {
    const named = await readNamed(path);
    await checkLabels(plan, named[0]);
    blobs.push(...named);
  }
  return { manifest, images, blobs: [...new Map(blobs.map((one) => [one.digest, one])).values()] };
}

async function checkLabels(plan: GhcrPlan, config: StoredBlob | undefined): Promise<void> {
  const labels = config === undefined ? {} : parseConfigLabels(await readFile(config.path));
  const wrong = Object.entries(plan.labels).find(([label, value]) => labels[label] !== value);
  if (wrong === undefined) return;
  const [label, value] = wrong;
  const has = labels[label] === undefined ? 'missing' : cleanText(labels[label]);
  throw new LayoutError(`its label ${label} is ${has}, not ${cleanText(value)}`);
}

async function findBlob(
  folder: string,
  { digest, mediaType, size }: Descriptor,
  signal: AbortSignal,
): Promise<StoredBlob> {
  const path = blobPath(folder, digest);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new LayoutError(`the blob ${digest} is missing`);
  if (found.size !== size || (await digestOfFile(path, signal)) !== digest)
    throw new LayoutError(`the blob ${digest} has other bytes`);
  return { mediaType, digest, size, path };
}
