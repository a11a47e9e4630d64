import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type Compression,
  compressionOf,
  decompressed,
  firstBytes,
  type WrittenGzip,
  writeGzip,
} from '@ameide/publisher-kit';
import { extract } from 'tar-stream';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_LAYER_ZSTD } from '../image/media-types.ts';
import { type StoredBlob, storeBlob, storeFile } from '../image/store.ts';

/** An image's config and layers, in the workspace. */
export interface SavedImage {
  readonly config: StoredBlob;
  readonly layers: readonly StoredBlob[];
}

/** The engine's archive is not in the form that `docker save` writes. */
class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/**
 * Reads what `docker save` writes: `manifest.json` names a config and layers, in the old layout
 * (before Docker 25) and in the OCI one. Compresses layers that are not compressed yet. Checks each
 * layer against the config's `diff_ids`, which are digests of uncompressed layers.
 */
export async function readSavedImage(
  archive: NodeJS.ReadableStream,
  workspace: string,
  signal: AbortSignal,
): Promise<SavedImage> {
  const folder = join(workspace, 'saved');
  await mkdir(folder, { recursive: true });
  const find = await unpack(archive, folder, signal);
  const names = parseNames(await readFile(find('manifest.json'), 'utf8'));
  const bytes = await readFile(find(names.config));
  const diffIds = parseDiffIds(bytes);
  if (diffIds.length !== names.layers.length)
    throw new ArchiveError(`${names.layers.length} layers for ${diffIds.length} diff_ids`);
  await mkdir(join(workspace, 'blobs', 'sha256'), { recursive: true });
  const layers: StoredBlob[] = [];
  // One after the other: compression needs a whole core, and equal layers share a file.
  for (const [index, name] of names.layers.entries())
    layers.push(await storeLayer(find(name), diffIds[index] ?? '', workspace, signal));
  await rm(folder, { recursive: true });
  return { config: await storeBlob(workspace, OCI_CONFIG, bytes), layers };
}

/**
 * Writes every file under a number, so that a name in the archive never becomes a path on this
 * disk.
 */
async function unpack(
  archive: NodeJS.ReadableStream,
  folder: string,
  signal: AbortSignal,
): Promise<(name: string) => string> {
  const paths = new Map<string, string>();
  const links = new Map<string, string>();
  const tar = extract();
  const done = pipeline(archive, tar, { signal });
  // Both ends of the pipe fail together; the loop reports the error.
  done.catch(() => undefined);
  for await (const entry of tar) {
    const { name, type, linkname } = entry.header;
    const path = join(folder, String(paths.size));
    // Docker before 25 writes a layer that two images share as a link to the other image's layer.
    if (type === 'symlink' && typeof linkname === 'string')
      links.set(name, posix.join(posix.dirname(name), linkname));
    if (type === 'file') {
      paths.set(name, path);
      await pipeline(entry, createWriteStream(path), { signal });
    } else entry.resume();
  }
  await done;
  return (name) => {
    const path = paths.get(name) ?? paths.get(links.get(name) ?? '');
    if (path === undefined) throw new ArchiveError(`no ${name} in the archive`);
    return path;
  };
}

async function storeLayer(
  source: string,
  diffId: string,
  workspace: string,
  signal: AbortSignal,
): Promise<StoredBlob> {
  const compression = compressionOf(await firstBytes(source));
  const path = compression === undefined ? `${source}.gz` : source;
  const { sha256, contentSha256 } =
    compression === undefined
      ? await writeGzip(path, createReadStream(source), { signal })
      : await compressedDigests(source, compression, signal);
  if (`sha256:${contentSha256}` !== diffId)
    throw new ArchiveError(`a layer is not the ${diffId} that the config names`);
  return storeFile(workspace, {
    mediaType: compression === 'zstd' ? OCI_LAYER_ZSTD : OCI_LAYER_GZIP,
    digest: `sha256:${sha256}`,
    size: (await stat(path)).size,
    path,
  });
}

async function compressedDigests(
  path: string,
  compression: Compression,
  signal: AbortSignal,
): Promise<Pick<WrittenGzip, 'sha256' | 'contentSha256'>> {
  const [file, content] = [createHash('sha256'), createHash('sha256')];
  const unpack = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
    decompressed(chunks, compression, signal);
  await pipeline(createReadStream(path), hashing(file), unpack, content, { signal });
  return { sha256: file.digest('hex'), contentSha256: content.digest('hex') };
}

function hashing(hash: Hash): Transform {
  return new Transform({
    transform(chunk: Uint8Array, _encoding, next): void {
      hash.update(chunk);
      next(null, chunk);
    },
  });
}

function parseNames(text: string): { readonly config: string; readonly layers: readonly string[] } {
  const images = JSON.parse(text) as unknown;
  const first = (Array.isArray(images) ? images[0] : undefined) as
    | { Config?: unknown; Layers?: unknown }
    | undefined;
  const layers: readonly unknown[] = Array.isArray(first?.Layers) ? first.Layers : [];
  if (typeof first?.Config !== 'string' || !layers.every((layer) => typeof layer === 'string'))
    throw new ArchiveError('manifest.json names no image');
  return { config: first.Config, layers };
}

function parseDiffIds(config: Uint8Array): readonly string[] {
  const ids =
    (JSON.parse(new TextDecoder().decode(config)) as { rootfs?: { diff_ids?: unknown } } | null)
      ?.rootfs?.diff_ids ?? [];
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return ids;
  throw new ArchiveError('the config has no diff_ids');
}
