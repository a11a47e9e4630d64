import type { Problem, Step } from '@ameide/versioning-core';
import { checkPackages, type PackagesAccess } from './packages/open-packages.ts';
import type { RegistryClient } from './registry/client.ts';

/**
 * Checks that the registry answers and gives our token the right to delete, as far as that can be
 * known without a deletion: distribution says only then that deletion is not enabled. At GitHub asks
 * the API that deletes.
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
