import type { History } from '@ameide/versioning-core';
import { onceForEach } from '../once-for-each.ts';

/** What answering questions about ancestry needs. */
export interface HistoryParts {
  readonly isShallow: boolean;
  /**
   * Completes the first digits of a commit id. Returns undefined if this clone does not have the
   * commit.
   */
  complete(id: string): Promise<string | undefined>;
  /**
   * Returns a best common ancestor of two commits of this clone, by their full ids, which is one of
   * the two if it is an ancestor of the other; undefined if they have none.
   */
  commonAncestor(a: string, b: string): Promise<string | undefined>;
}

/**
 * Answers from the commit graph. Not for a shallow clone, in which a missing link looks like no
 * link. Asks git once for each pair of commits: every pointer of a dev build asks for the same pair.
 */
export function createHistory(parts: HistoryParts): History {
  const commonAncestorOf = onceForEach(async (a: string) =>
    onceForEach(async (b: string) => parts.commonAncestor(a, b)),
  );
  return {
    async relation(a, b) {
      const [first, second] = await Promise.all([parts.complete(a), parts.complete(b)]);
      if (first === undefined || second === undefined) return 'unknown';
      if (first === second) return 'same';
      if (parts.isShallow) return 'unknown';
      const commonAncestor = await commonAncestorOf(first);
      const common = await commonAncestor(second);
      if (common === first) return 'ancestor';
      return common === second ? 'descendant' : 'diverged';
    },
  };
}
