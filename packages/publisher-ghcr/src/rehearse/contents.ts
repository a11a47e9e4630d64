import { anyTarMembers, listMembers } from '@ameide/publisher-kit';
import type { ArtifactContents, ContentFile } from '@ameide/versioning-core';
import type { ImageOutline } from './image.ts';
import { type ListedLayer, pathInImage, stackLayers } from './layers.ts';

/** How the layers of one side are read. */
export interface LayerReader {
  /** A larger layer, compressed, is not read. Bytes. */
  readonly largest: number;
  /** Undefined if it is no readable archive, and that is no problem here. */
  readonly files: (digest: string) => Promise<readonly ContentFile[] | undefined>;
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
      const files = isRead ? await reader.files(digest) : undefined;
      layers.push({ digest, size, ...(files && { files }), isUnreadable: isRead && !files });
    }
    const { coordinate, digest, manifest, part } = image;
    contents.push({ coordinate, part, digest, manifest, files: stackLayers(layers) });
  }
  return contents;
}

/** Lists a layer with its whiteouts. Throws `ArchiveError`. */
export async function listLayer(
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<readonly ContentFile[]> {
  return listMembers(anyTarMembers(bytes, signal), pathInImage);
}
