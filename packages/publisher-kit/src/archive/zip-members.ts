import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { cleanText } from '../problem/text.ts';
import { ArchiveError, type Member } from './member.ts';

/**
 * A kind of record (APPNOTE.TXT 6.3.10, sections 4.3.16, 4.3.12 and 4.3.7). `size`: bytes of its
 * fixed part.
 */
interface Kind {
  readonly name: string;
  readonly signature: number;
  readonly size: number;
}

const END: Kind = { name: 'directory', signature: 0x06054b50, size: 22 };
const ENTRY: Kind = { name: 'directory', signature: 0x02014b50, size: 46 };
const LOCAL: Kind = { name: 'member', signature: 0x04034b50, size: 30 };
const LONGEST_COMMENT = 0xffff;
/** Enough for some hundred thousand files. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
const [STORED, DEFLATED] = [0, 8];
const PIECE = 1024 * 1024;

/**
 * Lists the members in a zip archive's directory. Trusts no size or position in the archive, and
 * refuses members that share bytes: a few of them could unpack to any size. Throws `ArchiveError`.
 */
export function* zipMembers(bytes: Uint8Array): Generator<Member> {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(archive);
  const start = archive.readUInt32LE(end + 16);
  // Use the directory's size, as Python's zipfile does: the number of entries has only 16 bits.
  const length = archive.readUInt32LE(end + 12);
  if (length > MAX_DIRECTORY_BYTES)
    throw unreadable(`its directory has more than ${MAX_DIRECTORY_BYTES} bytes`);
  let packed = 0;
  for (let at = start; at < start + length; ) {
    expectRecord(archive, at, ENTRY);
    const entry = archive.subarray(at);
    packed += LOCAL.size + entry.readUInt32LE(20);
    if (packed > archive.length) throw unreadable('its members are larger than the archive');
    const nameEnd = ENTRY.size + entry.readUInt16LE(28);
    const path = entry.toString('utf8', ENTRY.size, nameEnd);
    yield memberOf(archive, entry, path);
    at += nameEnd + entry.readUInt16LE(30) + entry.readUInt16LE(32);
  }
}

/** Programs on Unix keep the file's mode in the upper half of the external attributes. */
function memberOf(archive: Buffer, entry: Buffer, path: string): Member {
  const mode = entry.readUInt32LE(38) >>> 16;
  const isLink = (mode & 0o170000) === 0o120000;
  return {
    path,
    type: path.endsWith('/') ? 'folder' : isLink ? 'symlink' : 'file',
    size: entry.readUInt32LE(24),
    executable: (mode & 0o100) !== 0,
    pieces: () => piecesOf(packedMember(archive, entry, path)),
    content: () => contentOf(packedMember(archive, entry, path)),
  };
}

/** Finds the record at the end of the archive, before a comment of any length. */
function endRecord(archive: Buffer): number {
  const last = archive.length - END.size;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at -= 1)
    if (archive.readUInt32LE(at) === END.signature) return at;
  throw unreadable('it has no directory');
}

function expectRecord(archive: Buffer, at: number, kind: Kind): void {
  if (at + kind.size > archive.length || archive.readUInt32LE(at) !== kind.signature)
    throw unreadable(`no ${kind.name} is at byte ${at}`);
}

/** The bytes of a member as the archive holds them, and what its directory claims. */
interface Packed {
  readonly bytes: Uint8Array;
  readonly method: number;
  readonly size: number;
  readonly path: string;
}

function packedMember(archive: Buffer, entry: Buffer, path: string): Packed {
  const [method, packedSize, size, at] = [
    entry.readUInt16LE(10),
    entry.readUInt32LE(20),
    entry.readUInt32LE(24),
    entry.readUInt32LE(42),
  ];
  expectRecord(archive, at, LOCAL);
  const from = at + LOCAL.size + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  return { bytes: archive.subarray(from, from + packedSize), method, size, path };
}

function contentOf(packed: Packed): Uint8Array {
  const { bytes, method, size } = packed;
  const content =
    method === STORED ? bytes : method === DEFLATED ? inflated(bytes, size) : undefined;
  if (content?.length === size) return content;
  throw unlike(packed);
}

/** Returns at most `size` bytes; undefined if there are more than the archive claims. */
function inflated(packed: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch {
    return undefined;
  }
}

/** Unpacks no more than the archive claims, and keeps nothing large. */
async function* piecesOf(packed: Packed): AsyncGenerator<Uint8Array> {
  const { bytes, method, size } = packed;
  if (method !== DEFLATED || size <= PIECE) {
    yield contentOf(packed);
    return;
  }
  const unpacking = createInflateRaw({ chunkSize: PIECE });
  unpacking.end(bytes);
  let length = 0;
  try {
    for await (const piece of unpacking as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > size) break;
      yield piece;
    }
  } catch (cause) {
    throw unlike(packed, cause);
  }
  if (length !== size) throw unlike(packed);
}

function unlike({ method, path }: Packed, cause?: unknown): ArchiveError {
  const claim = `${cleanText(path)} is not as long as the archive says, or has the compression method ${method}`;
  return unreadable(claim, cause);
}

function unreadable(why: string, cause?: unknown): ArchiveError {
  return new ArchiveError(`it is no readable zip archive: ${why}`, { cause });
}
