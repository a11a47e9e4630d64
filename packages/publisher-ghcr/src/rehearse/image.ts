import { cleanText } from '@ameide/publisher-kit';
import type { Coordinate } from '@ameide/versioning-core';
import { type Descriptor, namedBlobs, parseConfig } from '../image/manifest.ts';
import { IMAGE_CONFIGS, TAR_LAYER } from '../image/media-types.ts';
import { formatPlatform } from '../image/platform.ts';

/** The image of one platform, before its layers are read. */
export interface ImageOutline {
  readonly coordinate: Coordinate;
  readonly part: string;
  readonly digest: string;
  /** As in `ArtifactContents`. */
  readonly manifest: string;
  /** The lowest first. */
  readonly layers: readonly OutlinedLayer[];
}

interface OutlinedLayer extends Descriptor {
  readonly isTar: boolean;
}

/** A manifest and its config, as they are stored. */
export interface RawImage {
  readonly coordinate: Coordinate;
  readonly digest: string;
  readonly manifest: Uint8Array;
  readonly config: Uint8Array;
}

/**
 * Returns the outlines of one version's images. Of several for one platform, as Windows has one for
 * each of its builds, the second and later ones have a number, because a part occurs once.
 */
export function outlineImages(images: readonly RawImage[]): readonly ImageOutline[] {
  const seen = new Map<string, number>();
  return images.map((image): ImageOutline => {
    const outline = outlineImage(image);
    const count = (seen.get(outline.part) ?? 0) + 1;
    seen.set(outline.part, count);
    return count === 1 ? outline : { ...outline, part: `${outline.part} (${count})` };
  });
}

function outlineImage({ config, coordinate, digest, manifest }: RawImage): ImageOutline {
  const [configBlob, ...layers] = namedBlobs(manifest) ?? [];
  const isImage = configBlob !== undefined && IMAGE_CONFIGS.has(configBlob.mediaType);
  return {
    coordinate,
    part: isImage ? partOf(config) : 'artifact',
    digest,
    manifest: [manifest, config].flatMap((bytes) => pretty(bytes) ?? []).join('\n\n'),
    // oras gives any file of an artifact the type of a layer.
    layers: layers.map((layer) => ({
      ...layer,
      isTar: isImage && TAR_LAYER.test(layer.mediaType),
    })),
  };
}

function partOf(config: Uint8Array): string {
  const { platform } = parseConfig(config);
  return platform === undefined ? 'image' : `image ${cleanText(formatPlatform(platform))}`;
}

/**
 * Everything that the registry gets, also `created` and the history, which differ in every version:
 * people check that the time is the commit's, and that no build step contains a secret. Undefined for
 * what is no JSON, or nested too deeply to be shown.
 */
function pretty(bytes: Uint8Array): string | undefined {
  try {
    return JSON.stringify(JSON.parse(Buffer.from(bytes).toString()), undefined, 2);
  } catch {
    return undefined;
  }
}
