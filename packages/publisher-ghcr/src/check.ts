import { settleAll } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import type { RegistryClient } from './registry/client.ts';
import type { ImageSource } from './source/source.ts';

/** Checks that the registry accepts our token and that the build's tools exist. */
export async function checkImage(
  client: RegistryClient,
  source: ImageSource,
  step: Step,
): Promise<readonly Problem[]> {
  const [registry, tools] = await settleAll([client.ping(step.signal), source.check(step)]);
  return registry === undefined ? tools : [registry, ...tools];
}
