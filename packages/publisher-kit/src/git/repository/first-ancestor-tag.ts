import type { SourceTree } from '@ameide/versioning-core';

/** How many tags to ask for at a time. Nearly always the first is on an ancestor. */
const BATCHES = [1, 8, 64, Infinity];

/**
 * Returns the first of these tags that is on the commit or an ancestor of it; undefined if none is. git
 * walks the history back only as far as the tags that it is asked for. Throws as `refuseShallow` does.
 */
export async function firstAncestorTag(
  source: Pick<SourceTree, 'ancestorTags'>,
  tags: readonly string[],
): Promise<string | undefined> {
  let from = 0;
  for (const size of BATCHES) {
    const batch = tags.slice(from, from + size);
    if (batch.length === 0) return undefined;
    const found = new Set((await source.ancestorTags(batch)).map(({ tag }) => tag));
    const first = batch.find((tag) => found.has(tag));
    if (first !== undefined) return first;
    from += size;
  }
  return undefined;
}
