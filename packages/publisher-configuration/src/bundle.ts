import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFolder } from '@ameide/publisher-kit';
import type { Bundle, BundleFile } from '@ameide/versioning-core';
import { INDEX_NAME, indexOf } from './bundle-index.ts';

/** A directory of the run's copy of the commit as a bundle, with its index. */
export function createBundle({
  directory,
  name,
  description,
}: {
  readonly directory: string;
  readonly name: string;
  readonly description?: string;
}): Bundle {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    async files({ version, sha }, step) {
      const folder = await readFolder(join(step.source, directory));
      const files = await Promise.all(
        folder.map(async ({ path, absolute }): Promise<BundleFile> => ({ path, content: new Uint8Array(await readFile(absolute)) })),
      );
      const index = `${JSON.stringify(indexOf({ name, version, sha }, files), null, 2)}\n`;
      return { files: [...files, { path: INDEX_NAME, content: new TextEncoder().encode(index) }] };
    },
  };
}
