import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compressionOf, decompressed, firstBytes } from '../archive/decompress.ts';
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
    const start = await firstBytes(file);
    const kind = kindOf(start);
    if (kind === 'stream') {
      const [search, names] = [begin(), createTarNames()];
      await pipeline(
        createReadStream(file, { highWaterMark: 1 << 20 }),
        (chunks: AsyncIterable<Uint8Array>) => decompressed(chunks, compressionOf(start), signal),
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

function collect(...sinks: readonly { write(chunk: Uint8Array): void }[]) {
  return async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) for (const sink of sinks) sink.write(chunk);
  };
}
