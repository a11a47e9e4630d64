import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { TreeFile } from '@ameide/versioning-core';
import { type GitCall, tryGit } from '../git/git-command.ts';
import { borrowedFolders, commonDirectory } from '../git/repository/alternates.ts';
import type { TreeReader } from '../git/repository/tree-reader.ts';
import { inParallel } from '../parallel.ts';
import type { Processes } from '../process/processes.ts';
import type { Attributes } from './attributes.ts';

/** The content of a pointer file (git-lfs, docs/spec.md). */
export interface LfsPointer {
  readonly path: string;
  /** SHA-256 of the content, hex. */
  readonly oid: string;
  /** Bytes of the content. */
  readonly size: number;
  /** True if an extension's programs must process the stored bytes to get the content. */
  readonly isExtended: boolean;
}

/** "Pointer files must be less than 1024 bytes". */
const LARGEST_POINTER = 1024;
// The keys are in order, with extensions (`ext-0-name`) before `oid`. Includes the versions that
// git-lfs still reads.
const VERSION =
  /https:\/\/git-lfs\.github\.com\/spec\/v1|https:\/\/hawser\.github\.com\/spec\/v1|http:\/\/git-media\.io\/v\/2/;
const POINTER = new RegExp(
  String.raw`^version (?:${VERSION.source})\r?\n((?:ext-\d-\S+ sha256:[0-9a-f]{64}\r?\n)*)oid sha256:([0-9a-f]{64})\r?\nsize (\d{1,16})$`,
);

/**
 * Finds the pointers among the files whose attribute `filter` is `lfs`. `attributesOf` answers from
 * the commit's own .gitattributes.
 */
export async function findPointers(
  files: readonly TreeFile[],
  trees: TreeReader,
  attributesOf: (names: readonly string[], paths: readonly string[]) => Promise<Attributes>,
): Promise<readonly LfsPointer[]> {
  const named = files.filter(({ mode }) => mode === 'file' || mode === 'executable');
  const attributes = await attributesOf(
    ['filter'],
    named.map(({ path }) => path),
  );
  const found = await inParallel(
    named.filter(({ path }) => attributes.get(path)?.get('filter') === 'lfs'),
    async ({ path, objectId }) => {
      const pointer = parseLfsPointer(await trees.blob(objectId));
      return pointer === undefined ? [] : [{ path, ...pointer }];
    },
  );
  return found.flat();
}

/** Reads a file's whole content as a pointer; undefined if it is not one. */
export function parseLfsPointer(content: Uint8Array): Omit<LfsPointer, 'path'> | undefined {
  if (content.length >= LARGEST_POINTER) return undefined;
  const [, extensions, oid, size] =
    POINTER.exec(Buffer.from(content).toString('latin1').trim()) ?? [];
  if (oid === undefined) return undefined;
  return { oid, size: Number(size), isExtended: extensions !== '' };
}

/** True if a .gitattributes of the commit mentions LFS. Most repositories need no further check. */
export async function usesLfs(files: readonly TreeFile[], trees: TreeReader): Promise<boolean> {
  const attributes = files.filter(({ path }) => /(?:^|\/)\.gitattributes$/.test(path));
  const texts = await inParallel(attributes, async ({ objectId }) => trees.blob(objectId));
  return texts.some((text) => text.includes('filter=lfs'));
}

/** The clone's own store of LFS content. */
export interface LfsStore {
  /** True if the store has the content; compares only its size. */
  has(pointer: LfsPointer): Promise<boolean>;
  /** Copies the content. Returns false if the store lacks it, or if it differs from the pointer. */
  copyTo(pointer: LfsPointer, path: string): Promise<boolean>;
}

/**
 * Opens `lfs.storage` of the repository, else `lfs` in its git directory (git-lfs-config(5)). Then
 * looks, as git-lfs does, next to the objects of each repository that this one borrows from.
 */
export async function openLfsStore(gitDirectory: string, processes: Processes): Promise<LfsStore> {
  const call: GitCall = { processes, directory: gitDirectory, gitDirectory };
  const configured = await tryGit(['config', '--type=path', '--get', 'lfs.storage'], call);
  const common = await commonDirectory(gitDirectory);
  const storage = configured.ok ? configured.stdoutText.trim() : 'lfs';
  const root = storage.startsWith('/') ? storage : join(common, storage);
  const roots = [
    root,
    ...(await borrowedFolders(common)).map((objects) => join(objects, '../lfs')),
  ];
  const find = async ({ isExtended, oid, size }: LfsPointer): Promise<string | undefined> => {
    for (const one of isExtended ? [] : roots) {
      const place = join(one, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
      const found = await stat(place).catch(() => undefined);
      if (found?.isFile() === true && found.size === size) return place;
    }
    return undefined;
  };
  return {
    has: async (pointer) => (await find(pointer)) !== undefined,
    async copyTo(pointer, path) {
      const place = await find(pointer);
      if (place === undefined) return false;
      await copyFile(place, path);
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex') === pointer.oid;
    },
  };
}
