import { readFile } from 'node:fs/promises';
import { inParallel, type Pace, write } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { RegistryClient } from '../registry/client.ts';
import type { StoredBlob } from './store.ts';

/**
 * Pushes the manifests that an index names, by digest, because a registry takes an index only if it
 * has them. Returns a problem. No tag names such a manifest, so one that may have arrived is as
 * good as absent.
 */
export async function pushImages(
  client: RegistryClient,
  images: readonly StoredBlob[],
  pace: Pace,
): Promise<Problem | undefined> {
  const problems = await inParallel(images, async (image) => pushImage(client, image, pace));
  return problems.find((found) => found !== undefined);
}

async function pushImage(
  client: RegistryClient,
  { digest, mediaType, path }: StoredBlob,
  pace: Pace,
): Promise<Problem | undefined> {
  const manifest = { digest, mediaType, bytes: await readFile(path) };
  const written = await write(
    {
      send: async () => client.putManifest(digest, manifest, pace.signal),
      async read() {
        const { state } = await client.manifest(digest, pace.signal);
        return { state: state === 'present' ? 'identical' : 'absent' };
      },
    },
    pace,
  );
  return 'reason' in written ? written.reason : undefined;
}
