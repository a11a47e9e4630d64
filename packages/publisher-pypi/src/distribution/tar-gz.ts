import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { ArchiveError, type Member } from './member.ts';

/** One member of a tar archive. The header includes what a pax or GNU record before it says. */
export interface TarMember extends Member {
  readonly header: Header;
}

const MIB = 1024 * 1024;
// A limit against gzip bombs.
const MAX_TAR_BYTES = 1024 * MIB;

/**
 * Walks a .tar.gz file (ustar, pax and GNU) member by member. Keeps no content that the caller does
 * not ask for. Throws `ArchiveError`, and the signal's reason.
 */
export async function* tarGzMembers(
  bytes: Uint8Array,
  signal?: AbortSignal,
): AsyncGenerator<TarMember> {
  const reader = extract();
  const arrived = pipeline(gunzip(bytes, signal), reader);
  // A failure here also fails the loop.
  arrived.catch(() => undefined);
  try {
    for await (const source of reader) {
      const { header } = source;
      yield { header, path: header.name, size: header.size, content: () => join(source, signal) };
      source.resume();
    }
    await arrived;
  } catch (error) {
    throw readingError(error, signal);
  }
}

async function join(pieces: AsyncIterable<unknown>, signal?: AbortSignal): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  try {
    for await (const piece of pieces) kept.push(piece as Uint8Array);
  } catch (error) {
    throw readingError(error, signal);
  }
  return Buffer.concat(kept);
}

function readingError(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) return signal.reason;
  return error instanceof ArchiveError ? error : unreadable('tar archive', error);
}

/** Unpacks gzip in pieces, up to a limit. */
async function* gunzip(bytes: Uint8Array, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const unpacking = createGunzip({ chunkSize: MIB });
  unpacking.end(bytes);
  let size = 0;
  try {
    for await (const piece of unpacking as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      size += piece.length;
      if (size > MAX_TAR_BYTES)
        throw new ArchiveError(`it unpacks to more than ${MAX_TAR_BYTES} bytes`);
      yield piece;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ArchiveError ? error : unreadable('gzip file', error);
  }
}

function unreadable(what: string, cause: unknown): ArchiveError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ArchiveError(`it is no readable ${what} (${why})`, { cause });
}
