import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, inParallel } from '@ameide/publisher-kit';
import {
  decideGoZip,
  type GoModuleFile,
  type GoSums,
  parseGoMod,
} from '@ameide/versioning-core/go';
import { readText, type TreeStore } from './tree.ts';

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
  const { files } = decideGoZip(await listFiles(tree, store), parseGoMod(goMod).goVersion);
  const folder = await mkdtemp(join(store.gitDirectory, 'zip-'));
  try {
    await layOut(tree, folder, store);
    const lines = await inParallel(files, async (file) => ({
      name: `${path}@${version}/${file.path}`,
      content: await readFile(join(folder, file.path)),
    }));
    return {
      version,
      zip: hash1(lines),
      // `go` reads this one from git as it is.
      goMod: hash1([{ name: 'go.mod', content: Buffer.from(goMod) }]),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface HashedFile {
  readonly name: string;
  readonly content: Uint8Array;
}

function hash1(files: readonly HashedFile[]): string {
  const hash = createHash('sha256');
  const inOrder = files.toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
  for (const { name, content } of inOrder)
    hash.update(`${createHash('sha256').update(content).digest('hex')}  ${name}\n`);
  return `h1:${hash.digest('base64')}`;
}

const MODES: Readonly<Record<string, GoModuleFile['mode']>> = {
  '100644': 'file',
  '100755': 'executable',
  '120000': 'symlink',
};

async function listFiles(tree: string, store: TreeStore): Promise<readonly GoModuleFile[]> {
  const printed = await run(['ls-tree', '-r', '-z', '--full-tree', tree], store);
  return printed.split('\0').flatMap((entry) => {
    const [, mode = '', path = ''] = /^(\d+) [^\t]*\t(.*)$/s.exec(entry) ?? [];
    const known = MODES[mode];
    return known === undefined ? [] : [{ path, mode: known }];
  });
}

/**
 * Writes a tree's files as `git archive` does for `go` (cmd/go/internal/modfetch/codehost/git.go,
 * `ReadZip`): attributes of the tree convert them, settings of this machine do not.
 */
async function layOut(tree: string, folder: string, store: TreeStore): Promise<void> {
  const env = { GIT_INDEX_FILE: `${folder}.index` };
  await run(['read-tree', tree], store, env);
  const asArchive = ['-c', 'core.autocrlf=input', '-c', 'core.eol=lf', `--work-tree=${folder}`];
  await run([...asArchive, 'checkout-index', '--all'], store, env, folder);
  await rm(env.GIT_INDEX_FILE, { force: true });
}

async function run(
  args: readonly string[],
  { gitDirectory, processes, signal }: TreeStore,
  env: Readonly<Record<string, string>> = {},
  cwd = gitDirectory,
): Promise<string> {
  const argv = ['git', `--git-dir=${gitDirectory}`, ...args] as const;
  const { ok, stdoutText, summary } = await processes.run({ argv, cwd, env, signal });
  if (!ok) throw new GitError(summary);
  return stdoutText;
}
