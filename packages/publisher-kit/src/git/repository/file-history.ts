import { isSha } from '@ameide/versioning-core';
import { type GitCall, type GitSetting, git } from '../git-command.ts';
import type { FileChange } from './repository.ts';

/** A user's configuration may leave out the first commit, and print what gpg says of signatures. */
const SETTINGS: readonly GitSetting[] = [
  ['log.showRoot', 'true'],
  ['log.showSignature', 'false'],
];

/** See `Repository.fileHistory`. `head`: undefined in a repository without a commit. */
export async function fileHistory(
  path: string,
  head: string | undefined,
  call: GitCall,
): Promise<readonly FileChange[]> {
  if (head === undefined) return [];
  // With -z, paths are as they are. Beside the first parent is what was tried, in part, before the merge.
  const mainline = ['--first-parent', '--diff-merges=first-parent'];
  const shown = ['--follow', '--name-status', '-z', '--format=%H'];
  const args = ['log', ...mainline, ...shown, head, '--', path];
  const env = { ...call.env, GIT_LITERAL_PATHSPECS: '1' };
  return readChanges(await git(args, { ...call, env, settings: SETTINGS }));
}

/** Reads `SHA NUL LF status NUL [old path NUL] path NUL` for each commit that has paths. */
function readChanges(listed: string): readonly FileChange[] {
  const parts = listed.split('\0');
  const changes: FileChange[] = [];
  for (const [index, sha] of parts.entries()) {
    const status = parts[index + 1] ?? '';
    if (!isSha(sha) || !status.startsWith('\n')) continue;
    const path = parts[index + (/^\n[CR]/.test(status) ? 3 : 2)] ?? '';
    changes.push({ sha, path });
    // What comes before a copy is the history of another file, which is still there.
    if (status.startsWith('\nC')) break;
  }
  return changes;
}
