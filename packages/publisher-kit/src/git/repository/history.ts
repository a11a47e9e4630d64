import type { History } from '@ameide/versioning-core';

/** What answering questions about ancestry needs. */
export interface HistoryParts {
  readonly isShallow: boolean;
  /**
   * Completes the first digits of a commit id. Returns undefined if this clone does not have the
   * commit.
   */
  complete(id: string): Promise<string | undefined>;
  /** Takes full ids of commits in this clone. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
}

/**
 * Answers from the commit graph. Not for a shallow clone, in which a missing link looks like no
 * link.
 */
export function createHistory(parts: HistoryParts): History {
  return {
    async relation(a, b) {
      const [first, second] = await Promise.all([parts.complete(a), parts.complete(b)]);
      if (first === undefined || second === undefined) return 'unknown';
      if (first === second) return 'same';
      if (parts.isShallow) return 'unknown';
      const [before, after] = await Promise.all([
        parts.isAncestor(first, second),
        parts.isAncestor(second, first),
      ]);
      return before ? 'ancestor' : after ? 'descendant' : 'diverged';
    },
  };
}
