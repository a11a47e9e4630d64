import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TarEntry, writeTarGz } from '@ameide/publisher-kit';
import { pathBelow, type SourceTree, type Step } from '@ameide/versioning-core';
import type { BuiltAsset, GithubPlan, PlannedAsset } from '../plan.ts';

/**
 * Makes the files of a release from the commit, in a folder below the workspace: the same bytes on every
 * machine.
 */
export async function makeAssets(
  { assets }: GithubPlan,
  { signal, source, workspace }: Pick<Step, 'signal' | 'source' | 'workspace'>,
): Promise<readonly BuiltAsset[]> {
  const folder = join(workspace, 'assets');
  await mkdir(folder, { recursive: true });
  const made: BuiltAsset[] = [];
  for (const asset of assets) {
    signal.throwIfAborted();
    const file = join(folder, asset.name);
    if (asset.kind === 'folder') await packFolder(source, asset, file, signal);
    else await writeFile(file, (await source.readBytes(asset.path)) ?? new Uint8Array());
    made.push({ name: asset.name, file, ...(await measure(file)) });
  }
  return made;
}

/** Reads the digest and the size of a file. */
export async function measure(file: string): Promise<Pick<BuiltAsset, 'digest' | 'size'>> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return { digest: `sha256:${hash.digest('hex')}`, size: (await stat(file)).size };
}

async function packFolder(
  source: SourceTree,
  { name, path }: PlannedAsset,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const top = topFolder(name);
  const entries: TarEntry[] = [];
  for (const entry of await source.list(path)) {
    const packed = `${top}/${pathBelow(path, entry.path)}`;
    if (entry.mode === 'symlink') {
      entries.push({ path: packed, symlink: (await source.readLink(entry.path)) ?? '' });
    } else if (entry.mode !== 'submodule') {
      const content = (await source.readBytes(entry.path)) ?? new Uint8Array();
      entries.push({ path: packed, content, executable: entry.mode === 'executable' });
    }
  }
  const mtime = await source.commitTime(source.sha);
  await writeTarGz(file, entries, { mtime, signal });
}

/** The folder in an archive that has everything else: its name without the ending. */
function topFolder(name: string): string {
  return name.replace(/\.(?:tar\.gz|tgz)$/, '');
}
