import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import {
  decideGoZip,
  type GoModuleFile,
  type GoSums,
  parseGoMod,
} from '@ameide/versioning-core/go';
import { gitIn, readText, type TreeStore } from './tree.ts';

/**
 * Computes the checksums that `go` writes into go.sum for a module at the root of a tree: `Hash1`
 * of golang.org/x/mod/sumdb/dirhash over the files of its zip, and over its go.mod.
 */
export async function moduleSums(
  tree: string,
  { path, version }: { readonly path: string; readonly version: string },
  store: TreeStore,
): Promise<GoSums> {
  const goMod = (await readText(tree, 'go.mod', store)) ?? '';
  const files = await readZipFiles(tree, store);
  return {
    version,
    zip: hash1(files.map((file) => ({ ...file, path: `${path}@${version}/${file.path}` }))),
    // `go` reads this one from git as it is.
    goMod: hash1([{ path: 'go.mod', content: Buffer.from(goMod) }]),
  };
}

/** Reads the files that the zip of a module at the root of a tree contains. */
export async function readZipFiles(tree: string, store: TreeStore): Promise<readonly ZipFile[]> {
  const goMod = (await readText(tree, 'go.mod', store)) ?? '';
  const { files } = decideGoZip(await listFiles(tree, store), parseGoMod(goMod).goVersion);
  const folder = await mkdtemp(join(store.gitDirectory, 'zip-'));
  try {
    await layOut(tree, folder, store);
    return await inParallel(files, async ({ path }) => ({
      path,
      content: await readFile(join(folder, path)),
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface ZipFile {
  readonly path: string;
  readonly content: Uint8Array;
}

function hash1(files: readonly ZipFile[]): string {
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
export async function layOut(tree: string, folder: string, store: TreeStore): Promise<void> {
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  await gitIn(store, ['read-tree', tree], { env });
  const args = [...AS_ARCHIVE, `--work-tree=${folder}`, 'checkout-index', '--all'];
  await gitIn(store, args, { env, cwd: folder });
  await rm(env.GIT_INDEX_FILE, { force: true });
}
