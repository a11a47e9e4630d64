import { ArchiveTooLargeError, anyTarMembers, listMembers } from '@ameide/publisher-kit';
import type { ArtifactContents, ContentFile } from '@ameide/versioning-core';
import type { ImageOutline } from './image.ts';
import { type ListedLayer, pathInImage, stackLayers } from './layers.ts';

/** How the layers of one side are read. */
export interface LayerReader {
  /** A larger layer, compressed, is not read. Bytes. */
  readonly largest: number;
  /** `unreadable`: the layer is no archive, which is not a problem of this run. */
  readonly files: (digest: string) => Promise<readonly ContentFile[] | 'unreadable' | 'too-large'>;
}

/**
 * Lists the images of one version. A layer that the other version's image has too is one entry, so
 * that a base image is not listed as thousands of equal files. The only layer of an image is not a
 * base: it has the files that the image is for.
 */
export async function listContents(
  images: readonly ImageOutline[],
  others: readonly ImageOutline[],
  reader: LayerReader,
): Promise<readonly ArtifactContents[]> {
  const contents: ArtifactContents[] = [];
  for (const image of images) {
    const other = others.find(({ part }) => part === image.part);
    const hasBase = image.layers.length > 1 && (other?.layers.length ?? 0) > 1;
    const common = new Set(hasBase ? other?.layers.map(({ digest }) => digest) : []);
    const layers: ListedLayer[] = [];
    // One after the other: each is in memory as a whole.
    for (const { digest, isTar, size } of image.layers) {
      const isRead = isTar && size <= reader.largest && !common.has(digest);
      const files = isRead ? await reader.files(digest) : 'too-large';
      const listed =
        typeof files === 'string' ? { isUnreadable: files === 'unreadable' } : { files };
      layers.push({ digest, size, ...listed });
    }
    const { coordinate, digest, manifest, part } = image;
    contents.push({ coordinate, part, digest, manifest, files: stackLayers(layers) });
  }
  return contents;
}

/**
 * Lists a layer with its whiteouts. A small layer may unpack to more than the limits allow: that is
 * no fault of the image. Throws `ArchiveError`.
 */
export async function listLayer(
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<readonly ContentFile[] | 'too-large'> {
  try {
    return await listMembers(anyTarMembers(bytes, signal), pathInImage);
  } catch (error) {
    if (error instanceof ArchiveTooLargeError) return 'too-large';
    throw error;
  }
}
