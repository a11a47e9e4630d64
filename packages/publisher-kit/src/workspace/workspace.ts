import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../digest.ts';

/** A temporary folder that only this user can open (mode 0700). */
export interface Workspace {
  /** Absolute, without symlinks. */
  readonly directory: string;
  /**
   * Returns a sub-folder for an id such as `npm:@scope/name`, made on first use. The same id always
   * gives the same folder.
   */
  folder(id: string): Promise<string>;
  /** Removes the folder with everything in it. May be called twice. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a workspace below `parent` (default: the system's temporary folder). The caller disposes of
 * it.
 */
export async function createWorkspace(parent?: string): Promise<Workspace> {
  const directory = await mkdtemp(join(await realpath(parent ?? tmpdir()), 'ameide-'));
  const dispose = (): Promise<void> => removeTree(directory);
  return {
    directory,
    async folder(id) {
      const path = join(directory, folderName(id));
      await mkdir(path, { recursive: true, mode: 0o700 });
      return path;
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/**
 * Returns a folder's name for an id: readable, and different for different ids even on a file system
 * that ignores case.
 */
export function folderName(id: string): string {
  const readable = id.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${readable.slice(0, 48)}-${sha256Hex(id).slice(0, 8)}`.replace(/^-/, '');
}

/** Removes a folder and all that is in it, also in folders that are read-only. */
export async function removeTree(directory: string): Promise<void> {
  try {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Go's module cache makes its folders read-only, so only root could empty them.
    await makeWritable(directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

export async function makeWritable(directory: string | Buffer): Promise<void> {
  await chmod(directory, 0o700);
  // As bytes, because a name may not be UTF-8.
  const entries = await readdir(directory, { withFileTypes: true, encoding: 'buffer' });
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    await makeWritable(Buffer.concat([Buffer.from(directory), Buffer.from('/'), entry.name]));
  }
}
