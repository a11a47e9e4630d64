import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { needs } from '@ameide/local-registries/components';
import { gzip, sha256Hex } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';

const MIB = 1 << 20;

/** The same bytes everywhere, and none that deflate could shorten. */
function noise(size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let index = 0; index * 32 < size; index++)
    pieces.push(createHash('sha256').update(String(index)).digest());
  return Buffer.concat(pieces).subarray(0, size);
}

function lines(count: number): Buffer {
  return Buffer.from(
    Array.from({ length: count }, (_, n) => `line ${(n * 7919) % 10_007}\n`).join(''),
  );
}

/** Compresses better and worse, block by block; the last block is a part of one. */
const MIXED = Buffer.concat([lines(300_000), noise(3 * MIB), Buffer.alloc(3 * MIB), lines(50_000)]);

/** Large enough that its last blocks are compressed at the level that takes less time. */
const LARGE = Buffer.concat([Buffer.alloc(15 * MIB), lines(300_000)]);

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('the bytes of gzip', () => {
  test('have no name, no time and no system in their header', async () => {
    const zipped = await gzip(Buffer.from('hello'));
    expect([...zipped.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  });

  // Golden digests: seen on x86-64, and on arm64 by an emulator.
  test.each<[string, Uint8Array, string]>([
    [
      'nothing',
      new Uint8Array(),
      'ac73670af3abed54ac6fb4695131f4099be9fbe39d6076c5d0264a6bbdae9d83',
    ],
    [
      'less than a block',
      lines(60_000),
      'a63b822e2b693ed014cbcbafe20e3be92cb10355bbd85a82959b764f11701b33',
    ],
    [
      'a whole block',
      noise(MIB),
      '7ebcfb2846aaa4430b827f14d1537dd53e6fb1e5dff6a98117638843975eb5cd',
    ],
    ['many blocks', MIXED, '7b5f0d3a151dce2894949135be2c80399d9eeff9d080ce22a6ece2f7ec61f5f8'],
    ['two levels', LARGE, 'c2bf2d371f2a68ee6c2dbe6399bfd96762128a5e173b1f852d1bdf8823e0f48e'],
  ])('are the same on every machine: %s', async (_title, bytes, digest) => {
    expect(sha256Hex(await gzip(bytes))).toBe(digest);
  });

  test.each([0, 1, 2])('are the same with %d threads', async (threads) => {
    expect(sha256Hex(await gzip(MIXED, { threads }))).toBe(sha256Hex(await gzip(MIXED)));
    expect(sha256Hex(await gzip(LARGE, { threads }))).toBe(sha256Hex(await gzip(LARGE)));
  });

  test.each([997, 65_536, MIB, 5 * MIB])('are the same in pieces of %d', async (size) => {
    expect(sha256Hex(await gzip(cut(MIXED, size)))).toBe(sha256Hex(await gzip(MIXED)));
  });

  test('are the same when many archives share the threads', async () => {
    const zipped = await Promise.all(Array.from({ length: 4 }, () => gzip(MIXED)));
    expect(new Set(zipped.map(sha256Hex)).size).toBe(1);
  });
});

needs('python')('what is compressed comes back', () => {
  test.each([0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 6 * MIB])('%d bytes', async (size) => {
    const bytes = MIXED.subarray(0, size);
    expect(gunzipSync(await gzip(bytes)).equals(bytes)).toBe(true);
  });

  test('at two levels', async () => {
    expect(gunzipSync(await gzip(LARGE)).equals(LARGE)).toBe(true);
  });

  test('by gzip, Python, and a reader that takes one member alone', async () => {
    const zipped = await gzip(MIXED);
    const input = { input: zipped, maxBuffer: 64 * MIB };
    const python =
      'import gzip,sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))';
    expect(execFileSync('gzip', ['-dc'], input).equals(MIXED)).toBe(true);
    expect(execFileSync('python3', ['-c', python], input).equals(MIXED)).toBe(true);
    // https://compression.spec.whatwg.org: whatever follows the first member is an error.
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip'));
    expect(Buffer.from(await new Response(stream).arrayBuffer()).equals(MIXED)).toBe(true);
  });
});

test('is smaller than gzip -6 makes it by no less than two percent', async () => {
  const text = Buffer.concat([lines(300_000), lines(300_000).toReversed()]);
  const own = (await gzip(text)).length;
  const theirs = execFileSync('gzip', ['-6', '-nc'], { input: text, maxBuffer: 64 * MIB }).length;
  expect(own / theirs).toBeLessThan(1.02);
});

test('stores what does not shrink', async () => {
  const bytes = noise(2 * MIB);
  const zipped = await gzip(bytes);
  // RFC 1951, 3.2.3: not the last block, stored.
  expect((zipped[10] ?? -1) & 0b111).toBe(0b000);
  expect(zipped.length).toBeLessThan(bytes.length * 1.0002);
});

test('compresses a block of noise that has text in an eighth of it', async () => {
  const bytes = noise(MIB);
  lines(30_000).copy(bytes, 0, 0, MIB / 8);
  expect((await gzip(bytes)).length).toBeLessThan(MIB * 0.95);
});

test('an input that fails fails the archive, and the threads end', async () => {
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield MIXED;
    throw new Error('the disk is gone');
  };
  await expect(gzip(failing())).rejects.toThrow('the disk is gone');
  const script = `
    import { gzip } from ${JSON.stringify(import.meta.resolve('@ameide/publisher-kit'))};
    await gzip(new Uint8Array(${8 * MIB}), { threads: 2 });
    console.log('written');
  `;
  // It would not end while a thread runs.
  const argv = ['--input-type=module', '-e', script];
  const options = { encoding: 'utf8', timeout: 20_000 } as const;
  expect(execFileSync(process.execPath, argv, options)).toBe('written\n');
});
