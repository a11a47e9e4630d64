import { chmod, stat, writeFile } from 'node:fs/promises';

/** Runs `change` while the owner may write to a file or folder. Its mode stays the same. */
export async function whileWritable<T>(
  path: string | Buffer,
  change: () => Promise<T>,
): Promise<T> {
  const { mode } = await stat(path);
  if ((mode & 0o200) !== 0) return change();
  await chmod(path, (mode & 0o7777) | 0o200);
  try {
    return await change();
  } finally {
    await chmod(path, mode & 0o7777);
  }
}

/** Replaces the content of a file of a checkout, which `prepare` may have made read-only. */
export async function rewriteFile(path: string, content: string): Promise<void> {
  await whileWritable(path, () => writeFile(path, content));
}
