import { ArchiveError, onceForEach } from '@ameide/publisher-kit';
import {
  type ArtifactContents,
  failed,
  ok,
  type Rehearsal,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { unreadableLayer } from '../problems.ts';
import type { RegistryClient } from '../registry/client.ts';
import { builtLayers, isBuilt, outlineBuilt } from './built.ts';
import { type LayerReader, listContents, listLayer } from './contents.ts';
import { type ImageOutline, outlineImages } from './image.ts';
import { readPublished, required, UnreadError } from './published.ts';

/**
 * A layer of more bytes, compressed, is one entry on both sides: it is not worth a download, and
 * thousands of built files beside one entry would show no difference.
 */
const LARGEST_LAYER = 64 * 1024 * 1024;

/**
 * Lists what was built and what is published, one image for each platform. Downloads only layers that
 * were not built.
 */
export async function rehearseImage(
  client: RegistryClient,
  plan: GhcrPlan,
  built: GhcrBuilt,
  { signal }: Pick<Step, 'signal'>,
  largest: number = LARGEST_LAYER,
): Promise<Rehearsal> {
  const ours = await outlineBuilt(plan, built);
  const local = builtLayers(built, largest, signal);
  const remote = publishedLayers(client, largest, signal);
  const files: LayerReader['files'] = async (digest) =>
    (isBuilt(built, digest) ? local : remote).files(digest);
  const theirs = await listPublished(client, plan, ours, { largest, files }, signal);
  const contents = await listContents(ours, theirs.outlines, local);
  return { built: contents, published: theirs.contents };
}

interface Published {
  /** None if the contents could not be read. */
  readonly outlines: readonly ImageOutline[];
  readonly contents: Result<readonly ArtifactContents[]>;
}

async function listPublished(
  client: RegistryClient,
  plan: GhcrPlan,
  ours: readonly ImageOutline[],
  reader: LayerReader,
  signal: AbortSignal,
): Promise<Published> {
  try {
    const outlines = outlineImages(await readPublished(client, plan, signal));
    return { outlines, contents: ok(await listContents(outlines, ours, reader)) };
  } catch (error) {
    if (!(error instanceof UnreadError)) throw error;
    return { outlines: [], contents: failed(error.problem) };
  }
}

function publishedLayers(
  client: RegistryClient,
  largest: number,
  signal: AbortSignal,
): LayerReader {
  const files = onceForEach(async (digest: string): ReturnType<LayerReader['files']> => {
    const bytes = required(client, digest, await client.blob(digest, largest, signal));
    try {
      return await listLayer(bytes, signal);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      throw new UnreadError(unreadableLayer(client.operation('read', digest), error.message));
    }
  });
  return { largest, files };
}
