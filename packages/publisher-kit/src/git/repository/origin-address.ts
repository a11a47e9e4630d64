import { type GitCall, text, tryGit } from '../git-command.ts';

/** Returns `remote.origin.url` unchanged: it may contain a credential. */
export async function originAddress(call: GitCall): Promise<string | undefined> {
  const result = await tryGit(['config', '--get', 'remote.origin.url'], call);
  return result.ok ? text(result).trimEnd() : undefined;
}
