import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { must } from '../demo/run.ts';

/**
 * The folder of builds and results in the user's cache: each state of the sources has its own, so
 * that no result is reused for other code.
 */
export async function cacheFolder(root: string): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'ameide-publishing', 'faults', await digestOfSources(root));
}

async function digestOfSources(root: string): Promise<string> {
  const sources = ['packages/*/src/**', 'scripts/**', 'examples/**', 'pnpm-lock.yaml'];
  const patterns = sources.map((path) => `:(glob)${path}`);
  const listed = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'] as const;
  const names = (await must([...listed, '--', ...patterns], { cwd: root })).split('\0');
  const hash = createHash('sha256');
  for (const name of names.filter((one) => one !== '').toSorted()) {
    const file = join(root, name);
    if (existsSync(file)) hash.update(`${name}\0`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}
