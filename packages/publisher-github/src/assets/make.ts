import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TarEntry, writeTarGz } from '@ameide/publisher-kit';
import {
  failed,
  ok,
  pathBelow,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import type { BuiltAsset, GithubPlan, PlannedAsset } from '../plan.ts';
import { packModule } from './go-module.ts';

/** Makes the files of a release, in a folder below the workspace: the same bytes on every machine. */
export async function makeAssets(
  plan: GithubPlan,
  step: Step,
): Promise<Result<readonly BuiltAsset[]>> {
  const made: BuiltAsset[] = [];
  for (const asset of plan.assets) {
    if (asset.kind === 'goModule') {
      const file = await fileFor(asset, step);
      const packed = await packModule(plan, asset, file, step);
      if (packed.value === undefined) return failed(...packed.problems);
      made.push({ name: asset.name, file, ...(await measure(file)) });
    } else made.push(await makeAsset(asset, step));
  }
  return ok(made);
}

/** Makes the files of a release that come from the commit alone, without another publisher. */
export async function makeOwnAssets(
  { assets }: GithubPlan,
  step: Step,
): Promise<readonly BuiltAsset[]> {
  const made: BuiltAsset[] = [];
  for (const asset of assets)
    if (asset.kind !== 'goModule') made.push(await makeAsset(asset, step));
  return made;
}

async function makeAsset(asset: PlannedAsset, step: Step): Promise<BuiltAsset> {
  const { signal, source } = step;
  signal.throwIfAborted();
  const file = await fileFor(asset, step);
  if (asset.kind === 'folder') await packFolder(source, asset, file, signal);
  else await writeFile(file, (await source.readBytes(asset.path)) ?? new Uint8Array());
  return { name: asset.name, file, ...(await measure(file)) };
}

async function fileFor({ name }: PlannedAsset, { workspace }: Step): Promise<string> {
  const folder = join(workspace, 'assets');
  await mkdir(folder, { recursive: true });
  return join(folder, name);
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

/** The top folder in an archive: the archive's name without its extension. */
function topFolder(name: string): string {
  return name.replace(/\.(?:tar\.gz|tgz)$/, '');
}
