import { sha256Hex } from '@ameide/publisher-kit';
import type { BundleFile } from '@ameide/versioning-core';

/** The bundle's table of contents, in its root. */
export const INDEX_NAME = 'index.json';

/** The content of `index.json`. */
export interface BundleIndex {
  readonly schema: 'ameide-configuration/index/1';
  readonly name: string;
  /** The carrier's own version of this release. */
  readonly version: string;
  /** The full source commit. */
  readonly sha: string;
  /** Sorted by the bytes of the paths. */
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    readonly size: number;
  }[];
}

/** Makes the index of a bundle's files. Pure: the same files give the same index. */
export function indexOf(
  bundle: { readonly name: string; readonly version: string; readonly sha: string },
  files: readonly BundleFile[],
): BundleIndex {
  return {
    schema: 'ameide-configuration/index/1',
    name: bundle.name,
    version: bundle.version,
    sha: bundle.sha,
    files: files.map(({ path, content }) => ({
      path,
      sha256: sha256Hex(content),
      size: content.length,
    })),
  };
}
