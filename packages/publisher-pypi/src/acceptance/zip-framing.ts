import { ArchiveError } from '@ameide/publisher-kit';

/** A record's fixed part, and where its lengths are (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16). */
const LOCAL = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const STREAMED = 0x08;
const LONG = 0xffffffff;
// biome-ignore lint/suspicious/noControlCharactersInRegex: PyPI refuses them.
const UNPRINTABLE = /[\0-\x1f\x7f]/;

interface Entry {
  readonly path: string;
  readonly packedSize: number;
  readonly size: number;
  readonly method: number;
  readonly end: number;
}

/**
 * Returns why PyPI would not take a zip archive; undefined if it would. A program that reads the
 * members one after another must find what one that reads the directory finds
 * (https://docs.pypi.org/archives, warehouse/utils/zipfiles.py). Stricter than PyPI in one point:
 * an archive of 4 GiB, or with 65,535 members, is refused.
 */
export function zipFramingFlaw(bytes: Uint8Array): string | undefined {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const members = readRecords(archive, 0, LOCAL, readMember);
    const directoryStart = members.at(-1)?.end ?? 0;
    const directory = readRecords(archive, directoryStart, ENTRY, readDirectoryEntry);
    const directoryEnd = directory.at(-1)?.end ?? directoryStart;
    return (
      memberFlaw(members, directory) ??
      endFlaw(archive, { count: directory.length, start: directoryStart, end: directoryEnd })
    );
  } catch (error) {
    if (error instanceof ArchiveError) return error.message;
    if (error instanceof RangeError) return 'a record is cut off';
    throw error;
  }
}

function readRecords(
  archive: Buffer,
  from: number,
  signature: number,
  read: (archive: Buffer, at: number) => Entry,
): readonly Entry[] {
  const found = new Map<string, Entry>();
  for (let at = from; at + 4 <= archive.length && archive.readUInt32LE(at) === signature; ) {
    const entry = read(archive, at);
    if (UNPRINTABLE.test(entry.path)) throw new ArchiveError('a name has an unprintable character');
    if (found.has(entry.path)) throw new ArchiveError(`it has ${JSON.stringify(entry.path)} twice`);
    found.set(entry.path, entry);
    at = entry.end;
  }
  return [...found.values()];
}

function readMember(archive: Buffer, at: number): Entry {
  if ((archive.readUInt16LE(at + 6) & STREAMED) !== 0)
    throw new ArchiveError('a member has a data descriptor instead of its size');
  const nameEnd = at + 30 + archive.readUInt16LE(at + 26);
  const extraEnd = nameEnd + archive.readUInt16LE(at + 28);
  const sizes = longSizes(archive, nameEnd, extraEnd);
  const size = archive.readUInt32LE(at + 22);
  const packedSize = sizes?.packedSize ?? archive.readUInt32LE(at + 18);
  return {
    path: archive.toString('utf8', at + 30, nameEnd),
    packedSize,
    size: size === LONG && sizes !== undefined ? sizes.size : size,
    method: archive.readUInt16LE(at + 8),
    end: extraEnd + packedSize,
  };
}

/** Python's zipfile writes sizes of 64 bits into the members that it cannot measure before. */
function longSizes(
  archive: Buffer,
  from: number,
  end: number,
): Pick<Entry, 'size' | 'packedSize'> | undefined {
  for (let at = from; at + 4 <= end; at += 4 + archive.readUInt16LE(at + 2)) {
    if (archive.readUInt16LE(at) !== 1 || archive.readUInt16LE(at + 2) < 16) continue;
    const [size, packedSize] = [archive.readBigUInt64LE(at + 4), archive.readBigUInt64LE(at + 12)];
    return { size: Number(size), packedSize: Number(packedSize) };
  }
  return undefined;
}

function readDirectoryEntry(archive: Buffer, at: number): Entry {
  if (archive.readUInt16LE(at + 32) !== 0) throw new ArchiveError('a member has a comment');
  const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
  return {
    path: archive.toString('utf8', at + 46, nameEnd),
    packedSize: archive.readUInt32LE(at + 20),
    size: archive.readUInt32LE(at + 24),
    method: archive.readUInt16LE(at + 10),
    end: nameEnd + archive.readUInt16LE(at + 30),
  };
}

function memberFlaw(members: readonly Entry[], directory: readonly Entry[]): string | undefined {
  const listed = new Map(directory.map((entry) => [entry.path, entry]));
  const different = members.find(({ path, packedSize, size }) => {
    const entry = listed.get(path);
    return entry?.packedSize !== packedSize || entry.size !== size;
  });
  if (different !== undefined || members.length !== directory.length)
    return 'its members are not those of its directory';
  const packed = directory.find(({ method }) => method !== 0 && method !== 8);
  return packed && `${JSON.stringify(packed.path)} is packed by a method other than deflate`;
}

function endFlaw(
  archive: Buffer,
  { count, start, end }: { readonly count: number; readonly start: number; readonly end: number },
): string | undefined {
  if (archive.readUInt32LE(end) !== END) return 'it has an unknown record';
  const isRight =
    archive.readUInt16LE(end + 8) === count &&
    archive.readUInt16LE(end + 10) === count &&
    archive.readUInt32LE(end + 12) === end - start &&
    archive.readUInt32LE(end + 16) === start;
  if (!isRight) return 'its end record does not fit its directory';
  return end + 22 + archive.readUInt16LE(end + 20) === archive.length
    ? undefined
    : 'it has bytes after its end';
}
