import type { Problem } from '@ameide/versioning-core';
import type { Node } from 'yaml';
import type { Location, Where } from '../check/rules.ts';
import type { ManifestDocument, ManifestFile } from '../manifest/document.ts';
import type { FindImages } from '../places/find-images.ts';
import type { ImagePlace } from '../places/place.ts';
import type { Pin } from './wanted.ts';
import type { Wishes } from './wishes.ts';

/** What all documents of a run have in common. */
export interface PinRun {
  readonly where: Where;
  readonly pins: ReadonlyMap<string, Pin>;
  readonly isOurs: (name: string) => boolean;
  readonly findImages: FindImages;
  readonly problems: Problem[];
}

/** What one document is read into. */
export interface DocumentPins {
  readonly document: ManifestDocument;
  readonly file: ManifestFile;
  readonly run: PinRun;
  readonly wishes: Wishes;
  /** What the image at each place should be; an image that is not pinned, what it is. */
  readonly expected: Map<ImagePlace, string>;
  readonly images: Map<ImagePlace, PinnedImage>;
}

/** An image of ours. */
interface PinnedImage {
  readonly name: string;
  readonly sha: string | undefined;
  readonly isChanged: boolean;
}

export function placeOf(
  { document, file }: Pick<DocumentPins, 'document' | 'file'>,
  node: Node,
  field?: string,
): Location {
  return {
    path: file.path,
    ...document.positionOf(node.range?.[0] ?? 0),
    ...(field === undefined || field === '' ? {} : { field }),
  };
}
