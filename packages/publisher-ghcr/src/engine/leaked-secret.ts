import { createReadStream } from 'node:fs';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Secret } from '@ameide/publisher-kit';
import type { ImageParts } from '../build.ts';
import { OCI_LAYER_GZIP, OCI_LAYER_ZSTD } from '../image/media-types.ts';
import type { StoredBlob } from '../image/store.ts';

/** Bytes; a shorter secret could occur by chance. */
const SHORTEST = 8;

/**
 * Returns the id of a secret that is in the image's config or layers: a step can copy it there, as
 * `npm config set` does.
 */
export async function findLeakedSecret(
  secrets: ReadonlyMap<string, Secret>,
  { config, layers }: ImageParts,
  signal: AbortSignal,
): Promise<string | undefined> {
  const wanted = [...secrets]
    .map(([id, secret]) => [id, Buffer.from(secret.reveal().trim())] as const)
    .filter(([, bytes]) => bytes.length >= SHORTEST);
  if (wanted.length === 0) return undefined;
  for (const blob of [config, ...layers]) {
    const found = await searchBlob(blob, wanted, signal);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function searchBlob(
  { mediaType, path }: StoredBlob,
  wanted: readonly (readonly [string, Buffer])[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const longest = Math.max(...wanted.map(([, bytes]) => bytes.length));
  let found: string | undefined;
  await pipeline(
    createReadStream(path),
    decompressor(mediaType),
    async (chunks: AsyncIterable<Buffer>) => {
      let rest = Buffer.alloc(0);
      for await (const chunk of chunks) {
        const bytes = Buffer.concat([rest, chunk]);
        found ??= wanted.find(([, secret]) => bytes.includes(secret))?.[0];
        // A secret may begin in one chunk and end in the next.
        rest = bytes.subarray(-longest);
      }
    },
    { signal },
  );
  return found;
}

function decompressor(mediaType: string): Transform {
  if (mediaType === OCI_LAYER_GZIP) return createGunzip();
  return mediaType === OCI_LAYER_ZSTD ? createZstdDecompress() : new PassThrough();
}
