import { InvalidInputError } from '@ameide/versioning-core';
import { GitError } from '../git/git-command.ts';
import { unsafePath } from '../git/repository/object-format.ts';
import { FETCH_ALL } from '../git/repository/partial-clone.ts';

/** Returns the error to throw if git cannot lay a commit out: `unsafe-path` or `no-checkout`. */
export function refusedByGit(error: unknown, sha: string): unknown {
  if (!(error instanceof GitError)) return error;
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
