import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// The library's main file would replace Node.js's HTTP client.
import { initializeTUFRepo } from '@tufjs/repo-mock/dist/repo.js';
import { onTestFinished } from 'vitest';

/** A TUF cache in which npm's own code finds this trusted root as that of the public Sigstore. */
export async function plantedTrust(trustedRoot: object): Promise<string> {
  const cache = await mkdtemp(join(tmpdir(), 'tuf-'));
  onTestFinished(() => rm(cache, { recursive: true }));
  const target = { name: 'trusted_root.json', content: JSON.stringify(trustedRoot) };
  const { rootMeta, snapshotMeta, targetsMeta, timestampMeta } = initializeTUFRepo([target]);
  const folder = join(cache, encodeURIComponent('tuf-repo-cdn.sigstore.dev'));
  await mkdir(join(folder, 'targets'), { recursive: true });
  const files = {
    'root.json': rootMeta,
    'timestamp.json': timestampMeta,
    'snapshot.json': snapshotMeta,
    'targets.json': targetsMeta,
  };
  for (const [name, metadata] of Object.entries(files))
    await writeFile(join(folder, name), JSON.stringify(metadata.toJSON()));
  await writeFile(join(folder, 'targets', target.name), target.content);
  return cache;
}
