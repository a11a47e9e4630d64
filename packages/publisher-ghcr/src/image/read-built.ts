import { readFile } from 'node:fs/promises';
import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import type { Manifest } from '../registry/client.ts';
import { digestOf, digestOfFile } from './store.ts';

/**
 * Returns the built manifest if the image's files still equal the built ones: other builds of the
 * run could write to them before they are sent.
 */
export async function readBuilt(
  plan: GhcrPlan,
  { manifest, images, blobs }: GhcrBuilt,
  signal: AbortSignal,
): Promise<Result<Manifest>> {
  const bytes = await readFile(manifest.path);
  if (digestOf(bytes) !== manifest.digest) return failed(changed(plan, manifest.path));
  for (const { path, digest } of [...images, ...blobs])
    if ((await digestOfFile(path, signal)) !== digest) return failed(changed(plan, path));
  return ok({ mediaType: manifest.mediaType, digest: manifest.digest, bytes });
}

function changed(plan: GhcrPlan, path: string): Problem {
  return problem({
    code: 'ghcr-image-changed',
    kind: 'incomplete',
    message: `The file ${path} has changed since it was built for ${plan.image}.`,
    hint: 'Another program changed a file in the temporary folder of this run: find out which, then run again.',
    rerun: 'after-fix',
  });
}
