import { bytesField, bytesOf, decodeFields, numberField, numberOf } from './protobuf.ts';

/**
 * The messages of `moby.filesync.v1.FileSync/DiffCopy` (github.com/tonistiigi/fsutil,
 * types/wire.proto and types/stat.proto), in protobuf's wire format
 * (https://protobuf.dev/programming-guides/encoding/). Only the fields that a sender needs.
 */
export interface FilePacket {
  readonly type: 'stat' | 'request' | 'data' | 'fin' | 'error';
  /** Of `stat`: absent in the last one, which ends the list. */
  readonly stat?: FileStat;
  /** Of `request` and `data`: the place of the file in the list, from 0. */
  readonly id?: number;
  /** Of `data`: some of the file, nothing at its end. Of `error`: a text. */
  readonly data?: Uint8Array;
}

export interface FileStat {
  /** Relative, with `/`; its bytes, which need not be UTF-8. */
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

/** The bits for setuid, setgid and sticky are others in Go (https://pkg.go.dev/io/fs#FileMode). */
const SPECIAL_BITS = [
  [0o4000, 0x0080_0000],
  [0o2000, 0x0040_0000],
  [0o1000, 0x0010_0000],
] as const;

/** The mode of a file system as Go's `os.FileMode`, without its type. */
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

/** Reads what a receiver sends. Throws for a damaged message. */
export function decodePacket(message: Uint8Array): FilePacket {
  const fields = decodeFields(message);
  const type = TYPES[numberOf(fields, 1)];
  if (type === undefined) throw new Error('Docker Engine sent a packet of an unknown type');
  const [data] = bytesOf(fields, 4);
  return { type, id: numberOf(fields, 3), ...(data === undefined ? {} : { data }) };
}
