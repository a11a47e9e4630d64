import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGoZipFiles, readText, type TreeStore } from '@ameide/publisher-kit/go';
import type { RequiredArtifact } from '@ameide/versioning-core';
import { zipSync } from 'fflate';

/**
 * Writes a module into a folder that serves as GOPROXY=file://… (https://go.dev/ref/mod#goproxy-protocol).
 */
export async function writeModuleProxy(
  { coordinate, files }: RequiredArtifact,
  folder: string,
  store: TreeStore,
): Promise<void> {
  if (files === undefined) return;
  const { name: path, version } = coordinate;
  const borrowing = { ...store, borrowFrom: files.gitDirectory };
  const goMod = (await readText(files.tree, 'go.mod', borrowing)) ?? '';
  const at = join(folder, escapeUpperCase(path), '@v');
  const file = (end: string): string => join(at, `${escapeUpperCase(version)}.${end}`);
  await mkdir(at, { recursive: true });
  await writeFile(file('mod'), goMod);
  await writeFile(file('info'), JSON.stringify({ Version: version }));
  const zipped = await readGoZipFiles(files.tree, borrowing);
  const entries = zipped.map((one) => [`${path}@${version}/${one.path}`, one.content] as const);
  await writeFile(file('zip'), zipSync(Object.fromEntries(entries), { level: 0 }));
}

/** `module.EscapePath`: file systems may not tell letters of different case apart. */
function escapeUpperCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
