import { InvalidInputError } from '@ameide/versioning-core';
import { type AsyncGzipOptions, gzip as gzipInWorker, gzipSync } from 'fflate';
import { pack } from 'tar-stream';
import { assertArchivePath, assertNoCollisions, byBytes } from './path.ts';

/** One entry of a deterministic archive: the same entries give the same bytes on every machine. */
export interface ArchiveEntry {
  /** With `/`, relative, no `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

export interface TarOptions {
  /** Unix seconds, for every entry. Default 0. */
  readonly mtime?: number;
  /**
   * With an entry of mode 0755 for each folder on the way to a file. An image needs them: Docker
   * Engine makes a folder that is not named with mode 0600.
   */
  readonly folders?: boolean;
}

/** The last second of a signed 32-bit time, which is as far as the tar writer goes. */
const LATEST = 0x7fff_ffff;

/**
 * A ustar archive of files, and of folders when asked for, sorted by the bytes of their paths;
 * owner 0:0 without names, modes 0644 and 0755. A path that is not ASCII, or too long for ustar,
 * gets a pax header (POSIX.1-2001). Throws `InvalidInputError` for unsafe or colliding paths.
 */
export async function packTar(
  entries: readonly ArchiveEntry[],
  options: TarOptions = {},
): Promise<Uint8Array> {
  const mtime = options.mtime ?? 0;
  if (!Number.isInteger(mtime) || mtime < 0 || mtime > LATEST) {
    throw new InvalidInputError({
      field: 'mtime',
      received: String(mtime),
      expected: `Unix seconds, a whole number from 0 to ${LATEST}`,
    });
  }
  for (const entry of entries) assertArchivePath(entry.path);
  assertNoCollisions(entries.map((entry) => entry.path));

  const tar = pack();
  const common = { uid: 0, gid: 0, mtime: new Date(mtime * 1000) };
  const made = new Set<string>();
  for (const { path, content, executable } of entries.toSorted((a, b) => byBytes(a.path, b.path))) {
    for (const folder of options.folders === true ? foldersOf(path) : []) {
      if (!made.has(folder)) tar.entry({ ...common, name: folder, type: 'directory', mode: 0o755 });
      made.add(folder);
    }
    const header = {
      ...common,
      name: path,
      type: 'file' as const,
      mode: executable === true ? 0o755 : 0o644,
    };
    tar.entry(header, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** `a/`, `a/b/` for `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1));
}

/**
 * Above this size compression moves to a worker thread, so that timers and other requests go on.
 */
const WORKER_FROM = 1 << 20;

/**
 * Gzip (RFC 1952) whose bytes depend on the input alone: no name, no time, OS "unknown", and a
 * compressor written in JavaScript, because the output of Node's zlib differs between its versions
 * and processor types.
 */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const options = { level: 9, mem: 8, mtime: 0 } as const;
  const zipped =
    bytes.length < WORKER_FROM ? gzipSync(bytes, options) : await gzipAsync(bytes, options);
  zipped[9] = 255;
  return zipped;
}

function gzipAsync(bytes: Uint8Array, options: AsyncGzipOptions): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzipInWorker(bytes, options, (error, zipped) => {
      if (error) reject(error);
      else resolve(zipped);
    });
  });
}
