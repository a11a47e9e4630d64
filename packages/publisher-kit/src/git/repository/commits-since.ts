import { isSha } from '@ameide/versioning-core';
import { type GitCall, GitError, git } from '../git-command.ts';

/** See `Repository.commitsSince`. */
export async function commitsSince(
  sha: string,
  { head, isShallow }: { readonly head?: { readonly id: string }; readonly isShallow: boolean },
  call: GitCall,
): Promise<number | undefined> {
  if (head === undefined || isShallow || !isSha(sha)) return undefined;
  try {
    return Number(await git(['rev-list', '--count', head.id, `^${sha}`], call));
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
