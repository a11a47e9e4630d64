import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decideGoZip, type GoModuleFile, parseGoMod } from '@ameide/versioning-core/go';
import { inParallel } from '../parallel.ts';
import { gitIn, readText, type TreeStore } from './tree-store.ts';

/**
 * Reads the files that the zip of a module at the root of a tree contains, without the folder
 * `module@version` that they are in there.
 */
export async function readGoZipFiles(
  tree: string,
  store: TreeStore,
): Promise<readonly GoZipFile[]> {
  const goMod = (await readText(tree, 'go.mod', store)) ?? '';
  const { files } = decideGoZip(await listFiles(tree, store), parseGoMod(goMod).goVersion);
  const folder = await mkdtemp(join(store.gitDirectory, 'zip-'));
  try {
    await layOutTree(tree, folder, store);
    return await inParallel(files, async ({ path }) => ({
      path,
      content: await readFile(join(folder, path)),
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface GoZipFile {
  /** With slashes. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** `Hash1` of golang.org/x/mod/sumdb/dirhash: the checksum of files in go.sum. */
export function hash1(files: readonly GoZipFile[]): string {
  const hash = createHash('sha256');
  const inOrder = files.toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
  for (const { path, content } of inOrder)
    hash.update(`${createHash('sha256').update(content).digest('hex')}  ${path}\n`);
  return `h1:${hash.digest('base64')}`;
}

const MODES: Readonly<Record<string, GoModuleFile['mode']>> = {
  '100644': 'file',
  '100755': 'executable',
  '120000': 'symlink',
};

async function listFiles(tree: string, store: TreeStore): Promise<readonly GoModuleFile[]> {
  const printed = await gitIn(store, ['ls-tree', '-r', '-z', '--full-tree', tree]);
  return printed.split('\0').flatMap((entry) => {
    const [, mode = '', path = ''] = /^(\d+) [^\t]*\t(.*)$/s.exec(entry) ?? [];
    const known = MODES[mode];
    return known === undefined ? [] : [{ path, mode: known }];
  });
}

/** Settings by which git writes the same files on every machine, as for `go`. */
const AS_ARCHIVE: readonly string[] = ['-c', 'core.autocrlf=input', '-c', 'core.eol=lf'];

/**
 * Writes a tree's files as `git archive` does for `go` (cmd/go/internal/modfetch/codehost/git.go,
 * `ReadZip`): attributes of the tree convert them, settings of this machine do not.
 */
export async function layOutTree(tree: string, folder: string, store: TreeStore): Promise<void> {
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  await gitIn(store, ['read-tree', tree], { env });
  const args = [...AS_ARCHIVE, `--work-tree=${folder}`, 'checkout-index', '--all'];
  await gitIn(store, args, { env, cwd: folder });
  await rm(env.GIT_INDEX_FILE, { force: true });
}
