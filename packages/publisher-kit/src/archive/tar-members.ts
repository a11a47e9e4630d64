import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { type Compression, compressionOf, decompressed } from './decompress.ts';
import { ArchiveError, ArchiveTooLargeError, type Member } from './member.ts';

const MIB = 1024 * 1024;
// A limit against bombs.
const MAX_TAR_BYTES = 1024 * MIB;

const TYPES: Readonly<Record<string, Member['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'folder',
  symlink: 'symlink',
  link: 'hard-link',
};

/**
 * Walks a .tar.gz file (ustar, pax and GNU) member by member, of at most `maxBytes` unpacked. Keeps
 * no content that the caller does not ask for. Throws `ArchiveError`, and the signal's reason.
 */
export function tarGzMembers(
  bytes: Uint8Array,
  signal?: AbortSignal,
  maxBytes: number = MAX_TAR_BYTES,
): AsyncGenerator<Member> {
  return tarMembers(unpacked(bytes, { compression: 'gzip', maxBytes }, signal), signal);
}

/** The same for a tar archive that is plain, or compressed by gzip or zstd: its first bytes say it. */
export function anyTarMembers(bytes: Uint8Array, signal?: AbortSignal): AsyncGenerator<Member> {
  const unpacking = { compression: compressionOf(bytes), maxBytes: MAX_TAR_BYTES };
  return tarMembers(unpacked(bytes, unpacking, signal), signal);
}

/** The same for a tar archive that is unpacked already. */
export async function* tarMembers(
  tar: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Member> {
  const reader = extract();
  const arrived = pipeline(Readable.from(tar), reader);
  // A failure here also fails the loop.
  arrived.catch(() => undefined);
  try {
    for await (const source of reader) {
      yield memberOf(source.header, () => piecesOf(source, signal));
      source.resume();
    }
    await arrived;
  } catch (error) {
    throw readingError(error, signal);
  }
}

/** The header includes what a pax or GNU record before it says; its type is null if it is unknown. */
function memberOf(
  { linkname, mode, name, size, type }: Header,
  pieces: () => AsyncIterable<Uint8Array>,
): Member {
  return {
    path: name,
    type: TYPES[type ?? ''] ?? 'other',
    size,
    executable: ((mode ?? 0) & 0o100) !== 0,
    ...(type === 'symlink' || type === 'link' ? { link: linkname ?? '' } : {}),
    pieces,
    content: () => join(pieces()),
  };
}

async function* piecesOf(
  source: AsyncIterable<unknown>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of source) yield piece as Uint8Array;
  } catch (error) {
    throw readingError(error, signal);
  }
}

async function join(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  for await (const piece of pieces) kept.push(piece);
  return Buffer.concat(kept);
}

function readingError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) return signal.reason;
  return error instanceof ArchiveError ? error : unreadable('tar archive', error);
}

interface Unpacking {
  readonly compression: Compression | undefined;
  readonly maxBytes: number;
}

/** Unpacks in pieces, up to a limit. */
async function* unpacked(
  bytes: Uint8Array,
  { compression, maxBytes }: Unpacking,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const piece of decompressed([bytes], compression, signal)) {
      signal?.throwIfAborted();
      size += piece.length;
      if (size > maxBytes)
        throw new ArchiveTooLargeError(`it unpacks to more than ${maxBytes} bytes`);
      yield piece;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ArchiveError ? error : unreadable(`${compression} file`, error);
  }
}

function unreadable(what: string, cause: unknown): ArchiveError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ArchiveError(`it is no readable ${what} (${why})`, { cause });
}
