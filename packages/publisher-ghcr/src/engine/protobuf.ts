/**
 * The part of protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) that our
 * messages with BuildKit need.
 */
export type Fields = ReadonlyMap<number, readonly (Uint8Array | number)[]>;

/**
 * Returns the fields of a message by number. Throws `RangeError` if the bytes are not a message.
 */
export function decodeFields(bytes: Uint8Array): Fields {
  const fields = new Map<number, (Uint8Array | number)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('cut off');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    at += length;
    if (at > bytes.length) throw new RangeError('cut off');
    return bytes.subarray(at - length, at);
  };
  const wires: Readonly<Record<number, () => Uint8Array | number>> = {
    0: varint,
    1: () => take(8),
    2: () => take(varint()),
    5: () => take(4),
  };
  while (at < bytes.length) {
    const key = varint();
    const read = wires[key % 8];
    if (read === undefined) throw new RangeError('no wire type');
    const field = Math.floor(key / 8);
    fields.set(field, [...(fields.get(field) ?? []), read()]);
  }
  return fields;
}

/** Returns the first number of a field; 0 if it is missing. */
export function numberOf(fields: Fields, field: number): number {
  return (fields.get(field) ?? []).find((value) => typeof value === 'number') ?? 0;
}

/** Returns every string, byte string or message of a field. */
export function bytesOf(fields: Fields, field: number): readonly Uint8Array[] {
  return (fields.get(field) ?? []).filter((value) => typeof value !== 'number');
}

/** Returns the first string of a field; empty if it is missing. */
export function textOf(fields: Fields, field: number): string {
  return new TextDecoder().decode(bytesOf(fields, field)[0]);
}

/** Encodes a number as a field; nothing for 0, which a missing field means. */
export function numberField(field: number, value: number | bigint): readonly Uint8Array[] {
  return value === 0 || value === 0n ? [] : [varint(field * 8), varint(value)];
}

/** Encodes a string, byte string or message as a field; nothing for an empty one. */
export function bytesField(field: number, bytes: Uint8Array): readonly Uint8Array[] {
  return bytes.length === 0 ? [] : [varint(field * 8 + 2), varint(bytes.length), bytes];
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}
