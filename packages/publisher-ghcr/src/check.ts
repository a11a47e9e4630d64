import type { Problem, Step } from '@ameide/versioning-core';
import type { RegistryClient } from './registry/client.ts';

/** Checks that an OCI registry answers and accepts our token. */
export async function checkImage(
  client: RegistryClient,
  { signal }: Step,
): Promise<readonly Problem[]> {
  const found = await client.ping(signal);
  return found === undefined ? [] : [found];
}
