import { bytesField, bytesOf, decodeFields, numberField, numberOf } from './protobuf.ts';

/**
 * The messages of `moby.filesync.v1.FileSync/DiffCopy` (github.com/tonistiigi/fsutil,
 * types/wire.proto and types/stat.proto), in protobuf's wire format
 * (https://protobuf.dev/programming-guides/encoding/), with only the fields that a sender needs.
 */
export interface FilePacket {
  readonly type: 'stat' | 'request' | 'data' | 'fin' | 'error';
  /** In a `stat` packet; absent in the last one, which ends the list. */
  readonly stat?: FileStat;
  /** In `request` and `data` packets: the index of the file in the list, from 0. */
  readonly id?: number;
  /** In a `data` packet: a piece of the file, empty at its end. In an `error` packet: a message. */
  readonly data?: Uint8Array;
}

export interface FileStat {
  /** Relative, with `/`, as bytes, which need not be UTF-8. */
  readonly path: Uint8Array;
  /** Bits of Go's `os.FileMode`: `MODE_FOLDER`, `MODE_LINK`, and the permissions. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Unix seconds. */
  readonly mtime: number;
  /** Where a symbolic link points. */
  readonly link?: Uint8Array;
}

export const MODE_FOLDER = 0x8000_0000;
export const MODE_LINK = 0x0800_0000;

/** Go uses other bits for setuid, setgid and sticky (https://pkg.go.dev/io/fs#FileMode). */
const SPECIAL_BITS = [
  [0o4000, 0x0080_0000],
  [0o2000, 0x0040_0000],
  [0o1000, 0x0010_0000],
] as const;

/** Converts a file system's mode to Go's `os.FileMode`, without its type. */
export function goMode(mode: number): number {
  return SPECIAL_BITS.reduce(
    (bits, [posix, go]) => ((mode & posix) === 0 ? bits : bits | go),
    mode & 0o777,
  );
}

const TYPES: readonly FilePacket['type'][] = ['stat', 'request', 'data', 'fin', 'error'];
const NOTHING = new Uint8Array();

export function encodePacket({ type, stat, id = 0, data = NOTHING }: FilePacket): Buffer {
  return Buffer.concat([
    ...numberField(1, TYPES.indexOf(type)),
    ...(stat === undefined ? [] : bytesField(2, encodeStat(stat))),
    ...numberField(3, id),
    ...bytesField(4, data),
  ]);
}

function encodeStat({ path, mode, size, mtime, link = NOTHING }: FileStat): Buffer {
  return Buffer.concat([
    ...bytesField(1, path),
    ...numberField(2, mode),
    ...numberField(5, size),
    ...numberField(6, BigInt(mtime) * 1_000_000_000n),
    ...bytesField(7, link),
  ]);
}

/** Reads a receiver's packet. Throws for a damaged one. */
export function decodePacket(message: Uint8Array): FilePacket {
  const fields = decodeFields(message);
  const type = TYPES[numberOf(fields, 1)];
  if (type === undefined) throw new Error('Docker Engine sent a packet of an unknown type');
  const [data] = bytesOf(fields, 4);
  return { type, id: numberOf(fields, 3), ...(data === undefined ? {} : { data }) };
}
