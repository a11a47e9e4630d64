import { InvalidInputError } from '@ameide/versioning-core';
import { GitError } from '../git/git-command.ts';
import { unsafePath } from '../git/repository/object-format.ts';
import { FETCH_ALL } from '../git/repository/partial-clone.ts';

/** What git says if the disk is full, when it writes a file and when it writes an object or its index. */
const DISK_FULL = /No space left on device|Out of diskspace|Disk quota exceeded/;

/**
 * Returns the error to throw if git cannot lay a commit out: `unsafe-path`, `no-checkout`, or git's own
 * where the machine, not the commit, is the reason.
 */
export function refusedByGit(error: unknown, sha: string): unknown {
  if (!(error instanceof GitError) || DISK_FULL.test(error.message)) return error;
  const path = /^error: invalid path '(.*)/.exec(error.message)?.[1];
  if (path !== undefined) {
    const expected = 'no name that some system takes for .git or .gitmodules, as git~1 and ".git "';
    return unsafePath(path.replace(/'$/, ''), expected);
  }
  return new InvalidInputError(
    {
      field: 'commit',
      received: sha,
      expected: `a commit that git can check out; it says: ${error.message}`,
      hint: FETCH_ALL,
    },
    'no-checkout',
  );
}
