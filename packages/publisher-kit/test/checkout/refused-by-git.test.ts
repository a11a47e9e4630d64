import { expect, test } from 'vitest';
import { refusedByGit } from '../../src/checkout/refused-by-git.ts';
import { GitError } from '../../src/git/git-command.ts';

const SHA = 'a'.repeat(40);

test.each([
  "fatal: sha1 file '/tmp/x/index.lock' write error. Out of diskspace",
  'error: unable to write file a.txt: No space left on device',
  'fatal: write error: Disk quota exceeded',
])('a full disk is no mistake in the commit: %s', (message) => {
  const error = new GitError(message);
  expect(refusedByGit(error, SHA)).toBe(error);
});

test('what git cannot lay out is a mistake in the commit', () => {
  const other = new GitError(`fatal: unable to read tree ${SHA}`);
  expect(refusedByGit(other, SHA)).toMatchObject({ code: 'no-checkout', field: 'commit' });
  const path = new GitError("error: invalid path 'git~1/x'");
  expect(refusedByGit(path, SHA)).toMatchObject({ code: 'unsafe-path' });
});
