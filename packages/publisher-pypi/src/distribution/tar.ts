import { ByteReader } from './byte-reader.ts';
import { ArchiveError, type Member } from './member.ts';

/**
 * One member of a tar archive, with its header as it stands. Its path is from the header, or from
 * the pax or GNU record before it.
 */
export interface TarMember extends Member {
  /**
   * POSIX ustar: `0` a file, `5` a directory, `2` a symlink; `x` and `g` pax records, `L` a GNU
   * long name.
   */
  readonly type: string;
  readonly header: Uint8Array;
}

export const BLOCK = 512;
/** Of the record that holds a member's path. */
const MAX_RECORD_BYTES = 1024 * 1024;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder();

/**
 * Walks a tar archive (POSIX ustar, pax and GNU long names), its extension records included, as it
 * arrives: of a member whose content is not asked for nothing is kept. Throws `ArchiveError`.
 */
export async function* tarMembers(archive: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const reader = new ByteReader(archive);
  let longPath: string | undefined;
  try {
    for (;;) {
      const header = await reader.take(BLOCK);
      if (header.length < BLOCK || header.every((byte) => byte === 0)) break;
      const member = new ArrivingMember(reader, header, longPath);
      yield member;
      longPath = await pathAfter(member, longPath);
      await member.pass();
    }
    // Or the checksum at the end of a compressed one would go unread.
    await reader.skip(Number.POSITIVE_INFINITY);
  } finally {
    await reader.close();
  }
}

class ArrivingMember implements TarMember {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly header: Uint8Array;
  readonly #reader: ByteReader;
  #content: Promise<Uint8Array> | undefined;

  constructor(reader: ByteReader, header: Uint8Array, longPath: string | undefined) {
    this.#reader = reader;
    this.path = longPath ?? headerPath(header);
    this.type = header[156] === 0 ? '0' : latin1.decode(header.subarray(156, 157));
    this.size = octal(header.subarray(124, 136));
    this.header = header;
  }

  content(): Promise<Uint8Array> {
    this.#content ??= this.#reader.take(this.size);
    return this.#content.then((content) => {
      if (content.length < this.size) throw cutShort();
      return content;
    });
  }

  /** Leaves the reader at the next header. */
  async pass(): Promise<void> {
    if (this.#content === undefined && !(await this.#reader.skip(this.size))) throw cutShort();
    await this.#reader.skip((BLOCK - (this.size % BLOCK)) % BLOCK);
  }
}

/** What the member after this one is called, where a record says so. */
async function pathAfter(
  member: TarMember,
  longPath: string | undefined,
): Promise<string | undefined> {
  const { type, size } = member;
  if (type === 'g' || type === 'K') return longPath;
  if (type !== 'x' && type !== 'L') return undefined;
  if (size > MAX_RECORD_BYTES)
    throw unreadable(`a record before a member has more than ${MAX_RECORD_BYTES} bytes`);
  const content = await member.content();
  return type === 'L'
    ? cString(content)
    : (paxRecords(content).find(([key]) => key === 'path')?.[1] ?? longPath);
}

function cutShort(): ArchiveError {
  return unreadable('it ends inside a member');
}

function unreadable(why: string): ArchiveError {
  return new ArchiveError(`it is no readable tar archive: ${why}`);
}

/** The `key=value` records of a pax header (POSIX.1-2001). */
export function paxRecords(
  content: Uint8Array,
): readonly (readonly [key: string, value: string])[] {
  const records: [string, string][] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(latin1.decode(content.subarray(at, space)));
    if (
      space === -1 ||
      !Number.isInteger(length) ||
      length <= space - at + 1 ||
      at + length > content.length
    ) {
      throw unreadable('a pax record is damaged');
    }
    const record = utf8.decode(content.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    records.push([record.slice(0, equals), record.slice(equals + 1)]);
    at += length;
  }
  return records;
}

function headerPath(header: Uint8Array): string {
  const name = cString(header.subarray(0, 100));
  const prefix =
    latin1.decode(header.subarray(257, 263)) === 'ustar\0'
      ? cString(header.subarray(345, 500))
      : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

function octal(field: Uint8Array): number {
  const text = latin1
    .decode(field)
    .replace(/[\0 ]+$/, '')
    .trim();
  if (!/^[0-7]*$/.test(text)) throw unreadable('a member has no octal size');
  return text === '' ? 0 : Number.parseInt(text, 8);
}
