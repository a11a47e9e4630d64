import { isSha } from '@ameide/versioning-core';
import { type GitCall, git } from '../git-command.ts';
import type { FileChange } from './repository.ts';

/** See `Repository.fileHistory`. */
export async function fileHistory(path: string, call: GitCall): Promise<readonly FileChange[]> {
  // With -z, paths are as they are. A merge has no names, and no content that its parents do not have.
  const args = ['log', '-z', '--follow', '--name-only', '--format=%x01%H', '--', path];
  const listed = await git(args, { ...call, env: { ...call.env, GIT_LITERAL_PATHSPECS: '1' } });
  return listed.split('\x01').flatMap((entry) => {
    const [sha = '', name = ''] = entry.split('\0').map((part) => part.replace(/^\n/, ''));
    return isSha(sha) && name !== '' ? [{ sha, path: name }] : [];
  });
}
