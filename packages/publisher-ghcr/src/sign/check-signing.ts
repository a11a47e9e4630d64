import type { Problem, Step } from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { ImageSigner } from './image-signer.ts';
import { readProofs } from './proofs.ts';

/**
 * Checks that this machine can sign the image, unless the image carries valid proofs already, as in a second run. Only
 * reads.
 */
export async function checkSigning(
  client: RegistryClient,
  plan: GhcrPlan,
  signer: ImageSigner,
  step: Step,
): Promise<readonly Problem[]> {
  const read = await readProofs(client, { plan }, signer, step.signal);
  if (read.problems !== undefined) return read.problems;
  const { value } = read;
  const found = value === 'absent' ? [] : [...value.found.values()];
  if (found.length > 0 && found.every(({ state }) => state === 'proven')) return [];
  const problem = await signer.check(step);
  return problem === undefined ? [] : [problem];
}
