import type { ImageReference } from '@ameide/source-files/image';
import type { Problem } from '@ameide/versioning-core';
import type { FindImages } from '../places/find-images.ts';
import type { Where } from './rules.ts';

/** An image of ours in a manifest. Lines and columns count from 1. */
export interface FoundImage {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** `Deployment www` */
  readonly owner: string;
  /** `spec.template.spec.containers[0].image` */
  readonly field: string;
  /** The name of its container, volume, or service of Compose. */
  readonly container?: string;
  readonly reference: ImageReference;
  /** The commit that its annotation says. */
  readonly sha?: string;
  /** True if it stands in a text, such as an argument, that may hold anything. */
  readonly inText?: true;
}

/** What the documents of a run add to. */
export interface Run {
  /** Undefined: no environment's rules apply. */
  readonly where: Where | undefined;
  readonly isOurs: (name: string) => boolean;
  readonly findImages: FindImages;
  readonly problems: Problem[];
  readonly images: FoundImage[];
  readonly notes: string[];
  others: number;
  documents: number;
}
