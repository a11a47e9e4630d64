import { gitIn, runIn, type TreeStore } from '@ameide/publisher-kit/go';
import type { CheckoutFile } from './checkout-files.ts';

/**
 * Writes a tree: `base` without its content at the `replaced` paths, and with `files`. Returns the
 * tree's id. Uses a separate index, without filters and ignore files.
 */
export async function writeTree(
  base: string,
  replaced: readonly string[],
  files: readonly CheckoutFile[],
  store: TreeStore,
): Promise<string> {
  await git(['read-tree', base], store);
  if (replaced.length > 0)
    await git(
      [
        'rm',
        '--cached',
        '-r',
        '--quiet',
        '--ignore-unmatch',
        '--pathspec-from-file=-',
        '--pathspec-file-nul',
      ],
      store,
      replaced.map((path) => `${path}\0`).join(''),
    );
  const ids = await writeBlobs(
    files.map(({ absolute }) => absolute),
    store,
  );
  const entries = files.map(
    ({ mode, path }, index) =>
      `${mode === 'executable' ? '100755' : '100644'} ${ids[index]}\t${path}\0`,
  );
  await git(['update-index', '-z', '--index-info'], store, entries.join(''));
  return git(['write-tree'], store);
}

/** Writes files as blobs. Returns their ids, in the order of the files. */
async function writeBlobs(files: readonly string[], store: TreeStore): Promise<readonly string[]> {
  const write = ['hash-object', '-w', '--no-filters'];
  // The list of paths is one of lines.
  const listed = files.filter((file) => !file.includes('\n'));
  const input = listed.map((file) => `${file}\n`).join('');
  const printed = await git([...write, '--stdin-paths'], store, input);
  const ids = new Map(printed.split('\n').map((id, index) => [listed[index], id]));
  for (const file of files)
    if (!ids.has(file)) ids.set(file, await git([...write, '--', file], store));
  return files.map((file) => ids.get(file) ?? '');
}

/** Returns the files that differ between two trees. */
export async function differingPaths(
  a: string,
  b: string,
  store: TreeStore,
): Promise<readonly string[]> {
  const printed = await git(['diff-tree', '-r', '-z', '--name-only', '--no-renames', a, b], store);
  return printed.split('\0').filter((path) => path !== '');
}

/** Returns which of some paths a tree has, as files or folders. */
export async function listPaths(
  tree: string,
  paths: readonly string[],
  store: TreeStore,
): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const printed = await git(['ls-tree', '-z', '--name-only', tree, '--', ...paths], store);
  return printed.split('\0').filter((path) => path !== '');
}

/** True if the store has an object. */
export async function hasObject(id: string, store: TreeStore): Promise<boolean> {
  return (await runIn(store, ['cat-file', '-e', id])).ok;
}

async function git(args: readonly string[], store: TreeStore, input = ''): Promise<string> {
  const env = { GIT_LITERAL_PATHSPECS: '1' };
  return (await gitIn(store, args, { input, env })).trim();
}
