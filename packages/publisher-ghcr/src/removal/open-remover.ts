import { createPace, type PacePorts } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import { type PackagesAccess, packagesRemover } from '../packages/open-packages.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Remover } from '../remove.ts';
import { removeDangling, removeFromRegistry } from './remove-manifest.ts';

/** Returns what removes manifests: GitHub's API if the registry is GitHub's, else the registry itself. */
export async function openRemover(
  client: RegistryClient,
  { packages, sleep }: PacePorts & { readonly packages?: PackagesAccess },
  { signal }: Step,
): Promise<{ readonly remover: Remover } | { readonly problem: Problem }> {
  if (packages !== undefined) return packagesRemover(client, packages, signal);
  const pace = createPace(signal, { sleep });
  return {
    remover: {
      remove: removeFromRegistry(client, pace),
      removeDangling: async (tag) => removeDangling(client, tag, pace),
      first: 'attachments',
    },
  };
}
