import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BuiltFile } from './build-index.ts';

/** Lists every file below a folder by its path. Throws for what is neither a file nor a folder. */
export async function listFiles(
  folder: string,
  signal: AbortSignal,
): Promise<readonly BuiltFile[]> {
  const files: BuiltFile[] = [];
  const found = await readdir(folder, { recursive: true });
  for (const path of found.map((name) => name.replaceAll(sep, '/')).toSorted()) {
    const absolute = join(folder, path);
    const stats = await lstat(absolute);
    if (stats.isDirectory()) continue;
    if (!stats.isFile()) throw new OddFileError(path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(absolute), hash, { signal });
    files.push({ path, size: stats.size, sha256: hash.digest('hex') });
  }
  return files;
}

/** A build folder has a link, a socket or the like. */
export class OddFileError extends Error {
  override readonly name = 'OddFileError';
}
