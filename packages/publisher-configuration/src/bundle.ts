import { type Bundle, type BundleFile, ok } from '@ameide/versioning-core';
import { INDEX_NAME, indexOf } from './bundle-index.ts';

export interface BundleParts {
  readonly name: string;
  readonly description?: string;
  /** Sorted by the bytes of their paths, the index not among them. */
  readonly files: readonly BundleFile[];
}

/**
 * Files as a bundle, with their index. They are the commit's own bytes: what `prepare` does to the
 * run's copy does not reach them.
 */
export function createBundle({ name, description, files }: BundleParts): Bundle {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    files({ version, sha }) {
      const index = `${JSON.stringify(indexOf({ name, version, sha }, files), null, 2)}\n`;
      const content = new TextEncoder().encode(index);
      return Promise.resolve(ok([...files, { path: INDEX_NAME, content }]));
    },
  };
}
