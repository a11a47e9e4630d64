import { type GitCall, text, tryGit } from '../git-command.ts';

/** `remote.origin.url` as it is written: it may hold a credential. */
export async function originAddress(call: GitCall): Promise<string | undefined> {
  const result = await tryGit(['config', '--get', 'remote.origin.url'], call);
  return result.ok ? text(result).trimEnd() : undefined;
}
