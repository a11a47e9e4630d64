import { InvalidInputError } from '@ameide/versioning-core';
import { gzip } from './gzip.ts';
import { assertArchivePath, assertNoCollisions } from './path.ts';

/** A file of a zip archive, in memory. */
export interface ZipEntry {
  readonly path: string;
  readonly content: Uint8Array;
  /** Mode 0755 instead of 0644. */
  readonly executable?: boolean;
}

/** One packed file, and where it begins in the archive. */
interface Packed {
  readonly entry: ZipEntry;
  readonly name: Uint8Array;
  readonly data: Uint8Array;
  readonly crc: number;
  readonly offset: number;
}

const [LOCAL, DIRECTORY, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const DEFLATED = 8;
const UTF8_NAME = 1 << 11;
/** Version 2.0 unpacks it; made on a system with Unix modes. */
const [NEEDED, MADE_BY] = [20, (3 << 8) | 20];
/** Without the 64-bit extension. */
const [MOST_FILES, MOST_BYTES] = [0xffff, 0xffffffff];

/**
 * Packs a zip archive (APPNOTE.TXT 6.3.10) in the given order: the same entries give the same bytes
 * on every machine. `mtime`: Unix seconds, in the years from 1980 to 2107; zip counts every second
 * one. Throws `InvalidInputError` for unsafe or colliding paths and for more than zip can hold
 * without its 64-bit extension.
 */
export async function packZip(
  entries: readonly ZipEntry[],
  { mtime }: { readonly mtime: number },
): Promise<Uint8Array> {
  for (const { path } of entries) assertArchivePath(path);
  assertNoCollisions(entries.map(({ path }) => path));
  const time = dosTime(mtime);
  const pieces: Uint8Array[] = [];
  const packed: Packed[] = [];
  let offset = 0;
  for (const entry of entries) {
    const one = { entry, offset, ...(await deflated(entry)) };
    const header = localHeader(one, time);
    packed.push(one);
    pieces.push(header, one.name, one.data);
    offset += header.length + one.name.length + one.data.length;
  }
  const directory = packed.flatMap((one) => [directoryHeader(one, time), one.name]);
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  if (packed.length > MOST_FILES || offset + size > MOST_BYTES) throw tooLarge();
  return Buffer.concat([...pieces, ...directory, endRecord(packed.length, size, offset)]);
}

/** gzip is the same compression between a header of 10 bytes and a trailer of 8. */
async function deflated({
  content,
  path,
}: ZipEntry): Promise<Pick<Packed, 'name' | 'data' | 'crc'>> {
  const member = await gzip(content);
  const trailer = new DataView(member.buffer, member.byteOffset + member.length - 8);
  return {
    name: new TextEncoder().encode(path),
    data: member.subarray(10, -8),
    crc: trailer.getUint32(0, true),
  };
}

/** The fields that both headers of a file share. */
function shared({ crc, data, entry, name }: Packed, time: number): readonly [number, number][] {
  return [
    [2, NEEDED],
    [2, name.length === entry.path.length ? 0 : UTF8_NAME],
    [2, DEFLATED],
    [4, time],
    [4, crc],
    [4, data.length],
    [4, entry.content.length],
    [2, name.length],
    [2, 0],
  ];
}

function localHeader(packed: Packed, time: number): Uint8Array {
  return record([4, LOCAL], ...shared(packed, time));
}

function directoryHeader(packed: Packed, time: number): Uint8Array {
  const mode = packed.entry.executable === true ? 0o100755 : 0o100644;
  const rest = [
    [2, 0],
    [2, 0],
    [2, 0],
    [4, mode * 0x10000],
    [4, packed.offset],
  ] as const;
  return record([4, DIRECTORY], [2, MADE_BY], ...shared(packed, time), ...rest);
}

function endRecord(files: number, size: number, offset: number): Uint8Array {
  return record([4, END], [2, 0], [2, 0], [2, files], [2, files], [4, size], [4, offset], [2, 0]);
}

/** Writes fields of some bytes each, little-endian. */
function record(...fields: readonly (readonly [bytes: number, value: number])[]): Uint8Array {
  const bytes = Buffer.alloc(fields.reduce((sum, [length]) => sum + length, 0));
  let at = 0;
  for (const [length, value] of fields) at = bytes.writeUIntLE(value, at, length);
  return bytes;
}

/** Date and time of MS-DOS in UTC, the date in the upper half. */
function dosTime(mtime: number): number {
  const at = new Date(mtime * 1000);
  const year = at.getUTCFullYear();
  if (!(year >= 1980 && year <= 2107)) {
    const expected = 'Unix seconds in the years from 1980 to 2107';
    throw new InvalidInputError({ field: 'mtime', received: String(mtime), expected });
  }
  const date = ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  return date * 0x10000 + time;
}

function tooLarge(): InvalidInputError {
  const expected = `at most ${MOST_FILES} files and ${MOST_BYTES} bytes in a zip archive`;
  return new InvalidInputError({ field: 'entries', expected });
}
