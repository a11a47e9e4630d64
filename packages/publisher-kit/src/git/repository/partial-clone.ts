import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { borrowedFolders, commonDirectory } from './alternates.ts';

/**
 * True if a filter of `git clone` or `git fetch` may have left objects out. Every pack that was
 * fetched with a filter has a file `.promisor` (git's "Partial Clone Design Notes", "Handling
 * Missing Objects").
 */
export async function isFiltered(gitDirectory: string): Promise<boolean> {
  const common = await commonDirectory(gitDirectory);
  const stores = [join(common, 'objects'), ...(await borrowedFolders(common))];
  const packs = await Promise.all(
    stores.map((store) => readdir(join(store, 'pack')).catch(() => [])),
  );
  return packs.flat().some((name) => name.endsWith('.promisor'));
}

/** The error for content that a partial clone lacks and that is needed now. */
export function partialClone(what: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: 'repository',
      received: what,
      expected: 'a clone that has the content of this file',
      hint: FETCH_ALL,
    },
    'partial-clone',
  );
}

export const FETCH_ALL =
  'In a partial clone fetch what it lacks: git fetch --refetch --no-filter (actions/checkout: without filter and sparse-checkout).';

export function isPartialClone(error: unknown): boolean {
  return error instanceof InvalidInputError && error.code === 'partial-clone';
}
