import { settleAll } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import type { RegistryClient } from './registry/client.ts';
import type { ImageSource } from './source/source.ts';

/** Whether the registry takes our token, and whether the build's tools are there. */
export async function checkImage(
  client: RegistryClient,
  source: ImageSource,
  step: Step,
): Promise<readonly Problem[]> {
  const [registry, tools] = await settleAll([client.ping(step.signal), source.check(step)]);
  return registry === undefined ? tools : [registry, ...tools];
}
