import { createReadStream } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createTarNames } from '../archive/tar-names.ts';
import { zipMembers } from '../archive/zip-members.ts';
import type { Processes } from '../process/processes.ts';
import { packContents } from './pack-contents.ts';
import { type NamedSecret, prepareSearch, type StreamSearch } from './search.ts';

/** A secret that something to publish contains. */
export interface FoundSecret {
  /** The secret's name. */
  readonly name: string;
  /** The file of the folder: `sdk-1.0.0.tgz`. */
  readonly artifact: string;
  /** The file in the artifact, if it is an archive: `package/.npmrc`. */
  readonly path?: string;
}

/**
 * Searches every file below a folder, and what tar archives (also compressed by gzip or zstd), zip
 * archives and git packs contain. What such a file in turn contains compressed is not unpacked. In
 * little memory, except for zip archives and git packs.
 */
export async function findSecrets(
  folder: string,
  secrets: readonly NamedSecret[],
  { processes, signal }: { readonly processes: Processes; readonly signal: AbortSignal },
): Promise<readonly FoundSecret[]> {
  if (secrets.length === 0) return [];
  const begin = prepareSearch(secrets);
  const all: FoundSecret[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const artifact = file.slice(folder.length + 1);
    const report = (search: StreamSearch, pathAt: (offset: number) => string | undefined): void => {
      for (const [name, offset] of search.found) {
        const path = pathAt(offset);
        all.push({ name, artifact, ...(path === undefined ? {} : { path }) });
      }
    };
    const kind = await kindOf(file);
    if (kind === 'stream' || kind === 'gzip' || kind === 'zstd') {
      const [search, names] = [begin(), createTarNames()];
      await pipeline(
        createReadStream(file, { highWaterMark: 1 << 20 }),
        unpacking(kind),
        collect(search, names),
        { signal },
      );
      report(search, (offset) => names.at(offset));
      continue;
    }
    const contents =
      kind === 'zip'
        ? zipContents(await readFile(file))
        : packContents(file, { processes, signal });
    for await (const { bytes, path } of contents) {
      signal.throwIfAborted();
      const search = begin();
      search.write(bytes);
      report(search, () => path);
    }
  }
  return all;
}

/** What is stored without compression is searched twice: in the archive itself, and for its name. */
function* zipContents(
  archive: Buffer,
): Generator<{ readonly path: string | undefined; readonly bytes: Uint8Array }> {
  yield { path: undefined, bytes: archive };
  for (const member of zipMembers(archive))
    yield { path: member.path, bytes: member.content() as Uint8Array };
}

type Kind = 'gzip' | 'zstd' | 'zip' | 'pack' | 'stream';

/** Judges by the first bytes (RFC 1952, RFC 8878, APPNOTE.TXT 4.3.7, gitformat-pack). */
async function kindOf(path: string): Promise<Kind> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const magic = buffer.toString('hex');
    if (magic.startsWith('1f8b')) return 'gzip';
    if (magic === '28b52ffd') return 'zstd';
    if (magic === '504b0304') return 'zip';
    return magic === '5041434b' ? 'pack' : 'stream';
  } finally {
    await file.close();
  }
}

function unpacking(kind: 'gzip' | 'zstd' | 'stream'): Transform {
  const options = { chunkSize: 1 << 20 };
  if (kind === 'gzip') return createGunzip(options);
  return kind === 'zstd' ? createZstdDecompress(options) : new PassThrough();
}

function collect(...sinks: readonly { write(chunk: Uint8Array): void }[]) {
  return async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) for (const sink of sinks) sink.write(chunk);
  };
}
