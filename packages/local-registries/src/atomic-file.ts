import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a whole file so that a reader, or a process killed half-way, sees the old content or the
 * new, never a part. The folder is made when missing. The temporary file is beside the target
 * (a rename must not cross file systems) and its name begins with a dot, so that a listing can see
 * it from content.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * The value of `read`, or `undefined` when the file or folder it reads is not there. Any other
 * failure is thrown: unknown is not absent.
 */
export async function ifThere<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    )
      return undefined;
    throw error;
  }
}

/**
 * A JSON file's value, or `undefined` when there is none. The caller wrote it through
 * `writeAtomically`, so its shape is known.
 */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await ifThere(readFile(path, 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
