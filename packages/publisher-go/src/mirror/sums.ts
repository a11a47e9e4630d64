import { hash1, readGoZipFiles, readText, type TreeStore } from '@ameide/publisher-kit/go';
import type { GoSums } from '@ameide/versioning-core/go';

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
  const files = await readGoZipFiles(tree, store);
  return {
    version,
    zip: hash1(files.map((file) => ({ ...file, path: `${path}@${version}/${file.path}` }))),
    // `go` reads this one from git as it is.
    goMod: hash1([{ path: 'go.mod', content: Buffer.from(goMod) }]),
  };
}
