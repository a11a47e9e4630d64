import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  ArchiveError,
  anyTarMembers,
  type Compression,
  compressionOf,
  decompressed,
  listMembers,
  packTar,
  sha256Hex,
} from '@ameide/publisher-kit';
import { describe, expect, test, vi } from 'vitest';

const [one, two] = ['one', 'two'].map((text) => zstdCompressSync(Buffer.from(text)));
if (one === undefined || two === undefined) throw new Error('two frames');
/** RFC 8878, 3.1.2: magic number, size, any bytes. */
const skipped = Buffer.from('532a4d1804000000ffffffff', 'hex');

async function unpack(
  bytes: Buffer,
  compression: Compression | undefined,
  cut: number,
): Promise<string> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
  }
  const kept: Uint8Array[] = [];
  for await (const piece of decompressed(pieces(), compression)) kept.push(piece);
  return Buffer.concat(kept).toString();
}

describe.each([1, 5, 7, 64, 1 << 20])('cut into pieces of %i bytes', (cut) => {
  test.each([
    ['a zstd frame', one, 'one'],
    ['several', Buffer.concat([one, two, one, two]), 'onetwoonetwo'],
    ['frames to skip', Buffer.concat([skipped, one, skipped, skipped, two, skipped]), 'onetwo'],
    ['one as large as many pieces', Buffer.concat([large(), two]), `${'large'.repeat(9999)}two`],
    ['gzip', gzipSync('one'), 'one'],
    ['several gzip members', Buffer.concat([gzipSync('one'), gzipSync('two')]), 'onetwo'],
    ['what is not compressed', Buffer.from('one'), 'one'],
  ])('%s comes out whole', async (_, bytes, text) => {
    expect(await unpack(bytes, compressionOf(bytes), cut)).toBe(text);
  });

  test.each([
    ['ends too soon', one.subarray(0, -1)],
    ['ends too soon in a later frame', Buffer.concat([one, two.subarray(0, -1)])],
    ['has something else at its end', Buffer.concat([one, Buffer.from('garbage')])],
    ['ends too soon, as gzip', gzipSync('one').subarray(0, -1)],
  ])('what %s fails', async (_, bytes) => {
    await expect(unpack(bytes, compressionOf(bytes), cut)).rejects.toThrow(
      /unexpected end of file|Unknown frame descriptor/,
    );
  });
});

function large(): Buffer {
  return zstdCompressSync('large'.repeat(9999));
}

test('a reader may stop', async () => {
  for (const bytes of [Buffer.concat([one, two]), gzipSync('one')])
    for await (const piece of decompressed([bytes], compressionOf(bytes))) {
      expect(Buffer.from(piece).toString()).toBe('one');
      break;
    }
});

test('a source is closed, also if what follows the last gzip member is not read', async () => {
  let isClosed = false;
  async function* padded(): AsyncGenerator<Uint8Array> {
    try {
      yield gzipSync('one');
      for (let count = 0; count < 9; count += 1) yield new Uint8Array(1 << 16);
    } finally {
      isClosed = true;
    }
  }
  const kept: Uint8Array[] = [];
  for await (const piece of decompressed(padded(), 'gzip')) kept.push(piece);
  expect(Buffer.concat(kept).toString()).toBe('one');
  await vi.waitFor(() => expect(isClosed).toBe(true));
});

test('a source that fails, and the signal, end it', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield one?.subarray(0, 5) ?? new Uint8Array();
    throw new Error('the disk is gone');
  }
  const read = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const _piece of source);
  };
  for (const compression of ['zstd', 'gzip', undefined] as const)
    await expect(read(decompressed(failing(), compression))).rejects.toThrow(
      compression === 'gzip' ? /header|gone/ : 'the disk is gone',
    );
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(read(decompressed([one], 'zstd', signal))).rejects.toThrow('stopped');
});

describe('a tar archive of any compression', () => {
  const entries = [{ path: 'a.txt', content: Buffer.from('a') }];

  test('lists the same', async () => {
    const tar = await packTar(entries);
    const halves = [tar.subarray(0, 700), tar.subarray(700)].map((half) => zstdCompressSync(half));
    for (const bytes of [tar, gzipSync(tar), zstdCompressSync(tar), Buffer.concat(halves)])
      expect(await listMembers(anyTarMembers(bytes))).toEqual([
        { path: 'a.txt', size: 1, digest: `sha256:${sha256Hex('a')}` },
      ]);
  });

  test('says why a file cannot be read', async () => {
    const tar = Buffer.from(await packTar(entries));
    for (const [bytes, message] of [
      [gzipSync(tar).subarray(0, -9), /no readable gzip file/],
      [zstdCompressSync(tar).subarray(0, -9), /no readable zstd file/],
      [tar.fill('x', 0, 512), /no readable tar archive/],
    ] as const) {
      const listed = listMembers(anyTarMembers(bytes));
      await expect(listed).rejects.toThrow(ArchiveError);
      await expect(listed).rejects.toThrow(message);
    }
  });
});
