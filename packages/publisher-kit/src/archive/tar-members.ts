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

/**
 * The same for a tar archive that is unpacked already. It ends at the first empty block, where the
 * programs that unpack stop: what follows is in no file of theirs.
 */
export async function* tarMembers(
  tar: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Member> {
  const reader = extract();
  const ends = new EmptyBlocks();
  const arrived = pipeline(Readable.from(ends.watch(tar)), reader);
  // A failure here also fails the loop.
  arrived.catch(() => undefined);
  try {
    for await (const source of reader) {
      if (ends.isBefore(source.header)) return;
      yield memberOf(source.header, () => piecesOf(source, signal));
      source.resume();
    }
    await arrived;
  } catch (error) {
    throw readingError(error, signal);
  }
}

const BLOCK = 512;
const EMPTY = Buffer.alloc(BLOCK);

/** Finds the empty blocks between the members of a tar archive. */
class EmptyBlocks {
  #places: number[] = [];
  /** Where the member that is read now ends. */
  #from = 0;

  async *watch(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let at = 0;
    let rest: Uint8Array = new Uint8Array();
    for await (const piece of tar) {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const whole = bytes.length - (bytes.length % BLOCK);
      const skipped = Math.min(whole, Math.max(0, this.#from - at));
      for (let place = skipped; place < whole; place += BLOCK)
        if (EMPTY.equals(bytes.subarray(place, place + BLOCK))) this.#places.push(at + place);
      at += whole;
      rest = bytes.subarray(whole);
      yield piece;
    }
  }

  /** True if there is one before a member. Members have to come in their order. */
  isBefore({ size, type, ...header }: Header): boolean {
    // Not in its documentation: where tar-stream found the content.
    const { byteOffset } = header as { readonly byteOffset?: number };
    if (byteOffset === undefined) throw new Error('tar-stream does not say where a member is');
    const isBefore = this.#places.some((place) => place < byteOffset - BLOCK);
    const length = type === 'directory' ? 0 : Math.ceil((size ?? 0) / BLOCK) * BLOCK;
    this.#from = byteOffset + length;
    this.#places = this.#places.filter((place) => place >= this.#from);
    return isBefore;
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
