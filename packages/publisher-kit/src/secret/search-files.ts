import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Compression,
  compressionOf,
  decompressed,
  firstBytes,
} from '../archive/decompress.ts';
import { filePieces } from '../archive/file-pieces.ts';
import { createTarNames } from '../archive/tar-names.ts';
import { zipMembers } from '../archive/zip-members.ts';
import type { Processes } from '../process/processes.ts';
import { packContents } from './pack-contents.ts';
import { type NamedSecret, prepareSearch, type StreamSearch } from './search.ts';

/** A secret that a file contains. */
export interface SecretInFile {
  /** The secret's name. */
  readonly name: string;
  /** The file in the file, if it is an archive: `package/.npmrc`. */
  readonly path?: string;
}

/** A secret that something to publish contains. */
export interface FoundSecret extends SecretInFile {
  /** The file of the folder: `sdk-1.0.0.tgz`. */
  readonly artifact: string;
}

interface SearchScope {
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

/** Searches every file below a folder, as `findSecretsInFile` does. */
export async function findSecrets(
  folder: string,
  secrets: readonly NamedSecret[],
  scope: SearchScope,
): Promise<readonly FoundSecret[]> {
  if (secrets.length === 0) return [];
  const begin = prepareSearch(secrets);
  const all: FoundSecret[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const artifact = file.slice(folder.length + 1);
    for (const found of await searchFile(file, begin, scope)) all.push({ ...found, artifact });
  }
  return all;
}

/**
 * Searches a file, and what it contains if it is a tar archive (also compressed by gzip or zstd), a
 * zip archive or a git pack. What such a file in turn contains compressed is not unpacked. In little
 * memory, except for zip archives and git packs.
 */
export async function findSecretsInFile(
  file: string,
  secrets: readonly NamedSecret[],
  scope: SearchScope,
): Promise<readonly SecretInFile[]> {
  return secrets.length === 0 ? [] : searchFile(file, prepareSearch(secrets), scope);
}

async function searchFile(
  file: string,
  begin: () => StreamSearch,
  { processes, signal }: SearchScope,
): Promise<readonly SecretInFile[]> {
  const start = await firstBytes(file);
  const kind = kindOf(start);
  if (kind === 'stream') {
    const [search, names] = [begin(), createTarNames()];
    for await (const piece of contentOf(file, compressionOf(start), signal)) {
      signal.throwIfAborted();
      for (const sink of [search, names]) sink.write(piece);
    }
    return foundBy(search, (offset) => names.at(offset));
  }
  const all: SecretInFile[] = [];
  const contents =
    kind === 'zip' ? zipContents(await readFile(file)) : packContents(file, { processes, signal });
  for await (const { bytes, path } of contents) {
    signal.throwIfAborted();
    const search = begin();
    search.write(bytes);
    all.push(...foundBy(search, () => path));
  }
  return all;
}

function foundBy(
  { found }: StreamSearch,
  pathAt: (offset: number) => string | undefined,
): readonly SecretInFile[] {
  return [...found].map(([name, offset]) => {
    const path = pathAt(offset);
    return { name, ...(path === undefined ? {} : { path }) };
  });
}

/** Gives the archive's own bytes first, then each file with its path: names and comments count, too. */
function* zipContents(
  archive: Buffer,
): Generator<{ readonly path: string | undefined; readonly bytes: Uint8Array }> {
  yield { path: undefined, bytes: archive };
  for (const member of zipMembers(archive))
    yield { path: member.path, bytes: member.content() as Uint8Array };
}

/** Judges by the first bytes (APPNOTE.TXT 4.3.7, gitformat-pack). */
function kindOf(start: Buffer): 'zip' | 'pack' | 'stream' {
  const magic = start.toString('hex');
  if (magic === '504b0304') return 'zip';
  return magic === '5041434b' ? 'pack' : 'stream';
}

/** Each piece is valid only until the next. */
function contentOf(
  file: string,
  compression: Compression | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const pieces = filePieces(file, { signal });
  return compression === undefined ? pieces : freed(decompressed(pieces, compression, signal));
}

/** Frees each buffer of a decompressor once its last piece was used; V8 would let 64 MiB of them gather. */
async function* freed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    const { buffer, byteLength, byteOffset } = piece;
    yield piece;
    if (byteOffset + byteLength === buffer.byteLength && buffer instanceof ArrayBuffer)
      buffer.transfer(0);
  }
}
