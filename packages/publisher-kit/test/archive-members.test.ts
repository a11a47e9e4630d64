import { gunzipSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import {
  ArchiveError,
  anyTarMembers,
  listMembers,
  type Member,
  sha256Hex,
  tarGzMembers,
  tarMembers,
  zipMembers,
} from '../src/index.ts';

const MIB = 1024 * 1024;
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const file = (path: string, content: string, kind?: 'executable' | 'symlink') => ({
  path,
  size: text(content).length,
  digest: `sha256:${sha256Hex(content)}`,
  ...(kind === undefined ? {} : { kind }),
  ...(kind === 'symlink' ? { target: content } : {}),
});

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly content?: string };

async function tarGz(...entries: readonly Entry[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { content = '', ...header } of entries) tar.entry(header, content);
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) pieces.push(piece as Uint8Array);
  return gzipSync(Buffer.concat(pieces));
}

describe('the list of an archive’s members', () => {
  test('is what a program unpacks from a tar archive', async () => {
    const bytes = await tarGz(
      { name: './top/', type: 'directory' },
      { name: './top/a', content: 'old' },
      { name: 'top/a', content: 'new' },
      { name: 'top/run', content: '#!', mode: 0o755 },
      { name: 'top/hard', type: 'link', linkname: './top/run' },
      { name: 'top/soft', type: 'symlink', linkname: '../x' },
      { name: 'left-out', content: 'x' },
    );
    const inTop = (path: string) => (path.startsWith('top/') ? path.slice(4) : undefined);
    expect(await listMembers(tarGzMembers(bytes), inTop)).toEqual([
      file('a', 'new'),
      file('run', '#!', 'executable'),
      file('hard', '#!', 'executable'),
      file('soft', '../x', 'symlink'),
    ]);
  });

  test('is what a program unpacks from a zip archive, with large members', async () => {
    const large = 'line\n'.repeat(MIB);
    const mode = (bits: number) => ({ os: 3, attrs: bits * 0x10000 });
    const bytes = zipSync({
      'a/b.txt': text('b'),
      'a/run': [text('#!'), mode(0o100755)],
      'a/soft': [text('b.txt'), mode(0o120777)],
      'a/large': text(large),
      'a/stored': [text(large), { level: 0 }],
    });
    expect(await listMembers(zipMembers(bytes))).toEqual([
      file('a/b.txt', 'b'),
      file('a/run', '#!', 'executable'),
      file('a/soft', 'b.txt', 'symlink'),
      file('a/large', large),
      file('a/stored', large),
    ]);
  });

  test('a hard link to nothing is no file', async () => {
    const bytes = await tarGz({ name: 'a', type: 'link', linkname: 'b' });
    await expect(listMembers(tarGzMembers(bytes))).rejects.toThrow(ArchiveError);
  });

  test('that would fill the memory is not made', async () => {
    const member: Member = {
      path: 'x'.repeat(MIB),
      type: 'file',
      size: 0,
      executable: false,
      pieces: () => [],
      content: () => text(''),
    };
    const many = Array.from({ length: 512 }, () => member);
    await expect(listMembers(many)).rejects.toThrow('it holds too many files to list');
    expect(await listMembers(many.slice(0, 200))).toHaveLength(1);
    const renamed = listMembers(many, () => 'x');
    await expect(renamed).rejects.toThrow('it holds too many files to list');
  });

  test('lets the program be stopped between small members of a zip archive', async () => {
    const member: Member = {
      path: 'a',
      type: 'file',
      size: 0,
      executable: false,
      pieces: () => [Buffer.alloc(MIB)],
      content: () => text(''),
    };
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 10);
    function* endless(): Generator<Member> {
      for (const end = performance.now() + 5000; performance.now() < end; yield member)
        stop.signal.throwIfAborted();
    }
    await expect(listMembers(endless())).rejects.toThrow('stopped');
  });
});

describe('a large member of a zip archive', () => {
  /** The directory claims another size of the only member. */
  function claiming(size: number, cut = 0): Uint8Array {
    const bytes = Buffer.from(zipSync({ a: Buffer.alloc(4 * MIB, 'abc') }));
    const directory = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt32LE(size, directory + 24);
    bytes.writeUInt32LE(bytes.readUInt32LE(directory + 20) - cut, directory + 20);
    return bytes;
  }

  test.each([
    ['shorter than it says', claiming(5 * MIB)],
    ['longer than it says', claiming(2 * MIB)],
    ['cut off', claiming(4 * MIB, 20)],
  ])('%s: it is not readable', async (_title, bytes) => {
    await expect(listMembers(zipMembers(bytes))).rejects.toThrow(
      'it is no readable zip archive: a is not as long as the archive says',
    );
  });
});

test('members of a zip archive that share their bytes are not read', () => {
  const bytes = Buffer.from(zipSync({ a: Buffer.alloc(MIB, 'abc'), b: text('b') }));
  const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const entry = bytes.subarray(directory, directory + 47);
  const many = Buffer.concat(Array.from({ length: 1000 }, () => entry));
  bytes.writeUInt32LE(many.length, end + 12);
  const bomb = Buffer.concat([bytes.subarray(0, directory), many, bytes.subarray(end)]);
  expect(() => [...zipMembers(bomb)]).toThrow('its members are larger than the archive');
});

test('a tar archive ends at its first empty block, as for programs that unpack it', async () => {
  const half = async (...entries: readonly Entry[]): Promise<Uint8Array> =>
    gunzipSync(await tarGz(...entries));
  const large = 'x'.repeat(5 * MIB + 1);
  const zeros = '\0'.repeat(MIB);
  const long = `${'long/'.repeat(60)}name`;
  const first = await half(
    { name: 'zeros', content: zeros },
    { name: long, content: 'long' },
    { name: 'large', content: large },
    { name: 'a', content: 'evil' },
  );
  const whole = [file('zeros', zeros), file(long, 'long'), file('large', large), file('a', 'evil')];
  const bytes = Buffer.concat([first, await half({ name: 'a', content: 'good' })]);
  expect(await listMembers(anyTarMembers(bytes))).toEqual(whole);
  expect(await listMembers(tarGzMembers(gzipSync(bytes)))).toEqual(whole);
  async function* inPieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 99_991) yield bytes.subarray(at, at + 99_991);
  }
  expect(await listMembers(tarMembers(inPieces()))).toEqual(whole);
});

test('a tar archive is read up to a limit', async () => {
  const bytes = await tarGz({ name: 'a', content: 'x'.repeat(MIB) });
  await expect(listMembers(tarGzMembers(bytes, undefined, MIB))).rejects.toThrow(
    `it unpacks to more than ${MIB} bytes`,
  );
  expect(await listMembers(tarGzMembers(bytes, undefined, 2 * MIB))).toHaveLength(1);
});
