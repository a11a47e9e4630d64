import { inflateRawSync } from 'node:zlib';

const [DIRECTORY_END, ENTRY] = [0x06054b50, 0x02014b50];
const STORED = 0;

/**
 * Yields the files of a zip archive, and the archive itself, unpacked (APPNOTE.TXT 4.3). Throws if a file
 * cannot be unpacked: then nobody knows what is in it.
 */
export function* zipContents(
  archive: Buffer,
): Generator<{ readonly path: string | undefined; readonly bytes: Uint8Array }> {
  yield { path: undefined, bytes: archive };
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end === -1 || archive.readUInt32LE(end) !== DIRECTORY_END) return;
  for (let at = archive.readUInt32LE(end + 16); at + 46 <= end; ) {
    if (archive.readUInt32LE(at) !== ENTRY) return;
    const [method, packed, start] = [
      archive.readUInt16LE(at + 10),
      archive.readUInt32LE(at + 20),
      archive.readUInt32LE(at + 42),
    ];
    const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
    const path = archive.toString('utf8', at + 46, nameEnd);
    const from = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
    const bytes = archive.subarray(from, from + packed);
    // What is stored was searched with the archive itself, and is here for its name.
    yield { path, bytes: method === STORED ? bytes : inflateRawSync(bytes) };
    at = nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}
