const BLOCK = 512;

/** Finds the file of a tar archive that a byte offset belongs to. */
export interface TarNames {
  /** The chunk's memory may be used again afterwards. */
  write(chunk: Uint8Array): void;
  /** The path of the file at an offset; undefined if the bytes are no tar archive. */
  at(offset: number): string | undefined;
}

/**
 * Reads the headers of a tar archive (ustar, pax and GNU) as it streams by. Trusts nothing: what it
 * cannot read has no name.
 */
export function createTarNames(): TarNames {
  const starts: { readonly from: number; readonly path: string }[] = [];
  let rest: Uint8Array = new Uint8Array();
  let before = 0;
  let next = 0;
  let longName: string | undefined;
  let isTar = true;
  return {
    write(chunk) {
      if (!isTar) return;
      const bytes =
        rest.length > 0
          ? Buffer.concat([rest, chunk])
          : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      while (next - before + BLOCK <= bytes.length && isTar) {
        const header = bytes.subarray(next - before, next - before + BLOCK);
        const size = sizeOf(header);
        isTar = header.toString('latin1', 257, 262) === 'ustar' && size !== undefined;
        // The archive ends with empty blocks.
        if (!isTar || size === undefined) break;
        const type = header.toString('latin1', 156, 157);
        const end = next + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
        if ('xL'.includes(type) && size <= 1 << 16) {
          if (end - before > bytes.length) break;
          const data = bytes.toString('utf8', next - before + BLOCK, next - before + BLOCK + size);
          longName =
            type === 'L'
              ? data.replace(/\0.*$/s, '')
              : (/\d+ path=(.*)\n/.exec(data)?.[1] ?? longName);
        } else {
          starts.push({ from: next, path: longName ?? nameOf(header) });
          longName = undefined;
        }
        next = end;
      }
      rest = Buffer.from(bytes.subarray(Math.min(Math.max(0, next - before), bytes.length)));
      before += bytes.length - rest.length;
    },
    at: (offset) => starts.findLast(({ from }) => from <= offset)?.path,
  };
}

function nameOf(header: Buffer): string {
  const text = (from: number, to: number): string =>
    header.toString('utf8', from, to).replace(/\0.*$/s, '');
  const prefix = text(345, 500);
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

/** Octal, or binary for what octal cannot hold. */
function sizeOf(header: Buffer): number | undefined {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  const size = Number.parseInt(header.toString('latin1', 124, 136).replace(/\0.*$/s, '').trim(), 8);
  return Number.isNaN(size) ? undefined : size;
}
