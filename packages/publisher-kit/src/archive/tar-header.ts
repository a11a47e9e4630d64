export interface TarHeader {
  readonly path: string;
  readonly type: 'file' | 'hardLink' | 'symlink' | 'folder';
  readonly mode: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Unix seconds. */
  readonly mtime: number;
  /** The target of a link. */
  readonly target: string;
}

export const TAR_BLOCK = 512;

/** POSIX.1-2001, pax interchange format, "ustar": the values of `typeflag`. */
const TYPES = { file: '0', hardLink: '1', symlink: '2', folder: '5', pax: 'x' } as const;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
// The largest number in eleven octal digits.
const LARGEST_SIZE = 8 ** 11 - 1;
/** Unix seconds, in the year 2242. */
export const LATEST_TIME: number = 8 ** 11 - 1;

/**
 * Returns the header of an entry, as blocks: ustar with owner 0:0 and no owner names. A pax header
 * before it carries what ustar cannot express: a path that is not ASCII or too long, a long link
 * target, a size of 8 GiB or more.
 */
export function tarHeader(header: TarHeader): Uint8Array {
  const { path, target, size } = header;
  const name = ustarName(path);
  const isTargetShort = Buffer.byteLength(target) <= NAME_BYTES;
  if (name !== undefined && isTargetShort && size <= LARGEST_SIZE) {
    return ustar({ ...header, ...name, type: TYPES[header.type] });
  }
  const records = Buffer.concat([
    paxRecord('path', path),
    ...(target === '' ? [] : [paxRecord('linkpath', target)]),
    ...(size <= LARGEST_SIZE ? [] : [paxRecord('size', String(size))]),
  ]);
  const short = {
    ...header,
    name: 'PaxHeader',
    prefix: '',
    target: target === '' ? '' : 'PaxHeader',
    size: size <= LARGEST_SIZE ? size : 0,
  };
  return Buffer.concat([
    ustar({ ...short, size: records.length, type: TYPES.pax }),
    records,
    tarPadding(records.length),
    ustar({ ...short, type: TYPES[header.type] }),
  ]);
}

/** Returns the zeros that fill the last block of `size` bytes. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

interface UstarName {
  readonly name: string;
  readonly prefix: string;
}

/** Splits a long path at the first slash that leaves at most 100 bytes after it. */
function ustarName(path: string): UstarName | undefined {
  if (Buffer.byteLength(path) !== path.length) return undefined;
  if (path.length <= NAME_BYTES) return { name: path, prefix: '' };
  const cut = path.indexOf('/', path.length - NAME_BYTES - 1);
  if (cut === -1 || cut > PREFIX_BYTES || cut === path.length - 1) return undefined;
  return { name: path.slice(cut + 1), prefix: path.slice(0, cut) };
}

function ustar(
  fields: Omit<TarHeader, 'path' | 'type'> & UstarName & { readonly type: string },
): Uint8Array {
  const block = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, digits: number): string =>
    `${value.toString(8).padStart(digits, '0')} `;
  block.write(fields.name, 0);
  block.write(octal(fields.mode, 6), 100);
  block.write(octal(0, 6), 108);
  block.write(octal(0, 6), 116);
  block.write(octal(fields.size, 11), 124);
  block.write(octal(fields.mtime, 11), 136);
  block.write(fields.type, 156);
  block.write(fields.target, 157);
  block.write('ustar\x0000', 257);
  block.write(octal(0, 6), 329);
  block.write(octal(0, 6), 337);
  block.write(fields.prefix, 345);
  // The checksum is the sum of all bytes, with its own eight counted as spaces.
  const sum = block.reduce((total, byte) => total + byte, 8 * 0x20);
  block.write(octal(sum, 6), 148);
  return block;
}

/** `<length> key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): Uint8Array {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + 1;
  while (String(length).length + bytes !== length) length += 1;
  return Buffer.from(`${length}${rest}`);
}
