import { join } from 'node:path';
import type { Processes } from '../process/processes.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { createPrivateGit, type PrivateGit } from './private-git.ts';

/** For each path, the requested attributes by name: `set`, `unset`, `unspecified` or a value. */
export type Attributes = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads attributes (gitattributes(5)), using only the .gitattributes files of an index. */
export async function readAttributes(
  index: PrivateGit,
  names: readonly string[],
  paths: readonly string[],
): Promise<Attributes> {
  const input = paths.map((path) => `${path}\0`).join('');
  const answers = await index.git(['check-attr', '--cached', '--stdin', '-z', ...names], input);
  const found = new Map<string, Map<string, string>>();
  // path NUL attribute NUL value NUL (git-check-attr(1), "OUTPUT")
  for (const [, path = '', name = '', value = ''] of answers.matchAll(
    /([^\0]*)\0([^\0]*)\0([^\0]*)\0/g,
  ))
    found.set(path, (found.get(path) ?? new Map<string, string>()).set(name, value));
  return found;
}

export interface TreeQuestion {
  /** The git directory with the tree's objects. Only for reading. */
  readonly gitDirectory: string;
  /** The id of a commit or a tree. */
  readonly tree: string;
  readonly processes: Processes;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Like `readAttributes`, for the files of a commit or tree. No user configuration affects the
 * answer.
 */
export async function readTreeAttributes(
  { gitDirectory: source, processes, signal, tree }: TreeQuestion,
  names: readonly string[],
  paths: readonly string[],
): Promise<Attributes> {
  await using folder = await createWorkspace();
  const gitDirectory = join(folder.directory, 'index.git');
  const index = await createPrivateGit({
    source,
    objectId: tree,
    gitDirectory,
    processes,
    signal,
  });
  await index.git(['read-tree', tree]);
  return await readAttributes(index, names, paths);
}
