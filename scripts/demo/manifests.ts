import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names the images of the example's manifests as this registry does: `prefix` in place of GitHub's. */
export async function setImages(directory: string, prefix: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  for (const name of names.filter((one) => one.endsWith('.yaml'))) {
    const file = join(directory, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll('ghcr.io/ameideio', prefix));
  }
}
