import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a whole file so that a reader sees either the old content or the new, never a part, even
 * if the process is killed half-way. Creates the folder if it is missing. The temporary file is
 * next to the target, because a rename must not cross file systems; its name begins with a dot, so
 * that a listing can skip it.
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
 * Returns the value of `read`, or `undefined` if the file or folder does not exist. Throws any
 * other failure: unknown is not absent.
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
 * Reads a JSON file, or returns `undefined` if there is none. We wrote the file through
 * `writeAtomically`, so its shape is known.
 */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await ifThere(readFile(path, 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
