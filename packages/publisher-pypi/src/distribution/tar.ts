/** One member of a tar archive, with its header as it stands. */
export interface TarMember {
  /** The path, from the header or from the pax or GNU record before it. */
  readonly path: string;
  /** POSIX ustar: `0` a file, `5` a directory, `2` a symlink; `x` and `g` pax records, `L` a GNU long name. */
  readonly type: string;
  readonly header: Uint8Array;
  readonly content: Uint8Array;
}

/** The archive is cut short or no tar. */
export class TarError extends Error {
  override readonly name = 'TarError';
}

export const BLOCK = 512;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder();

/** Walks a tar archive (POSIX ustar, pax and GNU long names), its extension records included. Throws `TarError`. */
export function* tarMembers(archive: Uint8Array): Generator<TarMember> {
  let longPath: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const type = header[156] === 0 ? '0' : latin1.decode(header.subarray(156, 157));
    const size = octal(header.subarray(124, 136));
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length !== size) throw new TarError(`the archive ends inside a member at byte ${at}`);
    yield { path: longPath ?? headerPath(header), type, header, content };
    if (type === 'x') longPath = paxRecords(content).find(([key]) => key === 'path')?.[1] ?? longPath;
    else if (type === 'L') longPath = cString(content);
    else if (type !== 'g' && type !== 'K') longPath = undefined;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The `key=value` records of a pax header (POSIX.1-2001). */
export function paxRecords(content: Uint8Array): readonly (readonly [key: string, value: string])[] {
  const records: [string, string][] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(latin1.decode(content.subarray(at, space)));
    if (space === -1 || !Number.isInteger(length) || length <= space - at + 1 || at + length > content.length) {
      throw new TarError('a pax record is damaged');
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
  const prefix = latin1.decode(header.subarray(257, 263)) === 'ustar\0' ? cString(header.subarray(345, 500)) : '';
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
  if (!/^[0-7]*$/.test(text)) throw new TarError('a member has no octal size');
  return text === '' ? 0 : Number.parseInt(text, 8);
}
