import { readFile } from 'node:fs/promises';
import type { Problem } from '@ameide/versioning-core';
import { digestOf, digestOfFile } from './image/store.ts';
import type { GhcrBuilt, GhcrPlan } from './plan.ts';
import { problem } from './problems.ts';
import type { Manifest } from './registry/client.ts';

/**
 * The built manifest, if the files of the image are those that were built: until they are sent,
 * other builds of the run may write to them.
 */
export async function readBuilt(
  plan: GhcrPlan,
  { manifest, blobs }: GhcrBuilt,
  signal: AbortSignal,
): Promise<{ readonly manifest: Manifest } | { readonly problem: Problem }> {
  const bytes = await readFile(manifest.path);
  if (digestOf(bytes) !== manifest.digest) return { problem: changed(plan, manifest.path) };
  for (const { path, digest } of blobs)
    if ((await digestOfFile(path, signal)) !== digest) return { problem: changed(plan, path) };
  return { manifest: { mediaType: manifest.mediaType, digest: manifest.digest, bytes } };
}

function changed(plan: GhcrPlan, path: string): Problem {
  return problem(
    'ghcr-image-changed',
    'incomplete',
    `The file ${path} is not the one that was built for ${plan.image}.`,
    {
      hint: 'Something wrote to the workspace during the run: find out what, then run again.',
    },
  );
}
