import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packTar, readFolder } from '@ameide/publisher-kit';
import dockerignore from '@balena/dockerignore';
import { folderEntries } from '../image/pack.ts';

/**
 * A build context as a tar: the folder's files without what `<Dockerfile>.dockerignore`, or else
 * `.dockerignore`, leaves out. Every file's time is the commit's, so that COPY makes the same
 * layers again.
 */
export async function packContext(
  folder: string,
  dockerfile: string,
  mtime: number,
): Promise<Uint8Array> {
  const left = await ignored(folder, dockerfile);
  return packTar(folderEntries(await readFolder(folder, { ignore: left })), {
    mtime,
    folders: true,
  });
}

async function ignored(folder: string, dockerfile: string): Promise<(path: string) => boolean> {
  const own = `${dockerfile}.dockerignore`;
  const text =
    (await readIfThere(join(folder, own))) ??
    (await readIfThere(join(folder, '.dockerignore'))) ??
    '';
  const rules = dockerignore.default({ ignorecase: false }).add(text);
  // Docker sends these whatever the rules say: the builder reads them.
  const needed = new Set([dockerfile, '.dockerignore', own]);
  const exceptions = /^\s*!/m.test(text);
  return (path) => {
    if (path === '.git/') return true;
    // A folder is entered while an exception, or the Dockerfile, may lie in it.
    if (path.endsWith('/'))
      return !exceptions && !dockerfile.startsWith(path) && rules.ignores(path.slice(0, -1));
    return !needed.has(path) && rules.ignores(path);
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
