import { readFile } from 'node:fs/promises';
import type { ArchiveEntry, FolderFile } from '@ameide/publisher-kit';

/**
 * Reads files one after the other: opened all at once, thousands of them would go beyond what a
 * process may have open.
 */
export async function readEntries(files: readonly FolderFile[]): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (const { path, absolute, executable } of files)
    entries.push({ path, content: await readFile(absolute), executable });
  return entries;
}
