import type { History } from '@ameide/versioning-core';

/** What ancestry questions rest on. */
export interface HistoryParts {
  readonly isShallow: boolean;
  /**
   * The full id of a commit of this clone, given by its id or the first digits of it; undefined
   * when it is not here.
   */
  complete(id: string): Promise<string | undefined>;
  /** Both are full ids of commits of this clone. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
}

/**
 * Answers from the commit graph. A shallow clone cannot tell: a missing link looks like no link.
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
