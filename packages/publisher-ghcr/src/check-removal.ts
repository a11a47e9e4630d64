import type { Problem, Step } from '@ameide/versioning-core';
import { checkPackages, type PackagesAccess } from './packages/open-packages.ts';
import type { RegistryClient } from './registry/client.ts';

/**
 * Checks that the registry answers and lets our token delete, as far as a read can show: distribution
 * only reports on a deletion that it is not enabled. For GitHub, checks the REST API that deletes.
 */
export async function checkRemoval(
  client: RegistryClient,
  packages: PackagesAccess | undefined,
  { signal }: Step,
): Promise<readonly Problem[]> {
  if (packages !== undefined) return checkPackages(packages, signal);
  const found = await client.ping(signal, 'delete');
  return found === undefined ? [] : [found];
}
