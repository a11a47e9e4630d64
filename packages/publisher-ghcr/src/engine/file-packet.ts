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
  /** Relative, with `/`. */
  readonly path: string;
  /** Bits of Go's `os.FileMode`: `MODE_FOLDER`, `MODE_LINK`, and the permissions. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Unix seconds. */
  readonly mtime: number;
  /** Where a symbolic link points. */
  readonly link?: string;
}

export const MODE_FOLDER = 0x8000_0000;
export const MODE_LINK = 0x0800_0000;

const TYPES: readonly FilePacket['type'][] = ['stat', 'request', 'data', 'fin', 'error'];

export function encodePacket({ type, stat, id, data }: FilePacket): Buffer {
  return Buffer.concat([
    ...numberField(1, TYPES.indexOf(type)),
    ...(stat === undefined ? [] : bytesField(2, encodeStat(stat))),
    ...numberField(3, id ?? 0),
    ...bytesField(4, data ?? new Uint8Array()),
  ]);
}

function encodeStat({ path, mode, size, mtime, link = '' }: FileStat): Buffer {
  return Buffer.concat([
    ...bytesField(1, Buffer.from(path)),
    ...numberField(2, mode),
    ...numberField(5, size),
    ...numberField(6, BigInt(mtime) * 1_000_000_000n),
    ...bytesField(7, Buffer.from(link)),
  ]);
}

/** A field whose value is the default is left out. */
function numberField(field: number, value: number | bigint): Uint8Array[] {
  return value === 0 || value === 0n ? [] : [varint(field << 3), varint(value)];
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 0 ? [] : [varint((field << 3) | 2), varint(bytes.length), bytes];
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** Reads what a receiver sends: requests, the end, an error. Throws for a damaged message. */
export function decodePacket(message: Buffer): FilePacket {
  let type = 0;
  let id = 0;
  let data: Uint8Array | undefined;
  let at = 0;
  const readVarint = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
    throw new Error('Docker Engine sent a damaged packet');
  };
  while (at < message.length) {
    const key = readVarint();
    if ((key & 7) === 0) {
      const value = readVarint();
      if (key >> 3 === 1) type = value;
      if (key >> 3 === 3) id = value;
    } else if ((key & 7) === 2) {
      const length = readVarint();
      if (key >> 3 === 4) data = message.subarray(at, at + length);
      at += length;
    } else throw new Error('Docker Engine sent a packet that cannot be read');
  }
  const known = TYPES[type];
  if (known === undefined) throw new Error('Docker Engine sent a packet of another version');
  return { type: known, id, ...(data === undefined ? {} : { data }) };
}
