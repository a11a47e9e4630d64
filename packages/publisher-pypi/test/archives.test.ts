import { deflateRawSync, gzipSync } from 'node:zlib';
import { gzip, packTar, secretFiles } from '@ameide/publisher-kit';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { readMetadata, suspectMembers } from '../src/distribution/archive.ts';
import { metadataValue } from '../src/distribution/metadata.ts';

const MIB = 1024 * 1024;
const METADATA = strToU8('Name: a\nVersion: 1.0\n');

/** How much the process has grown, in bytes, at the worst moment that a timer sees. */
async function growth(work: Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, 5);
  await work.finally(() => clearInterval(timer)).catch(() => undefined);
  look();
  return most - before;
}

describe('a wheel', () => {
  interface Entry {
    readonly name?: string;
    /** What the archive says, where it is not the truth. */
    readonly size?: number;
  }

  /** A zip archive whose entries all lead to one member of `bytes` zeros. */
  function wheelOf(entries: readonly Entry[], bytes = 16): Buffer {
    const data = deflateRawSync(Buffer.alloc(bytes));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    const directory = entries.map(({ name = 'a.dist-info/METADATA', size = bytes }) => {
      const entry = Buffer.alloc(46);
      entry.writeUInt32LE(0x02014b50, 0);
      entry.writeUInt16LE(8, 10);
      entry.writeUInt32LE(data.length, 20);
      entry.writeUInt32LE(size, 24);
      entry.writeUInt16LE(name.length, 28);
      return Buffer.concat([entry, Buffer.from(name)]);
    });
    const listed = Buffer.concat(directory);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt32LE(listed.length, 12);
    end.writeUInt32LE(local.length + data.length, 16);
    return Buffer.concat([local, data, listed, end]);
  }

  /** The directory's length at 12, its place at 16. */
  function withEnd(at: 12 | 16, value: number): Buffer {
    const wheel = wheelOf([{}]);
    wheel.writeUInt32LE(value, wheel.length - 22 + at);
    return wheel;
  }

  test.each([0, 9] as const)('is read, packed at level %s', async (level) => {
    const files = {
      'a/b.py': new Uint8Array(100),
      'a-1.0.dist-info/METADATA': METADATA,
      'x/y.dist-info/METADATA': METADATA,
    };
    expect(metadataValue(await readMetadata('wheel', zipSync(files, { level })), 'version')).toBe(
      '1.0',
    );
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /no readable zip archive: it has no directory/],
    [
      'cut off',
      zipSync({ 'a.dist-info/METADATA': METADATA }).subarray(0, -30),
      /it has no directory/,
    ],
    [
      'its directory is elsewhere',
      withEnd(16, 4_294_967_290),
      /no directory is at byte 4294967290/,
    ],
    ['its directory is longer', withEnd(12, 1000), /no directory is at byte \d+/],
    [
      'its directory is huge',
      withEnd(12, 4_294_967_295),
      /its directory has more than 67108864 bytes/,
    ],
    ['no METADATA', zipSync({ 'a/METADATA': METADATA }), /holds no \*\.dist-info\/METADATA/],
    ['two of them', wheelOf([{}, { name: 'b.dist-info/METADATA' }]), /more than one/],
    ['smaller than it is', wheelOf([{ size: 4 }]), /not as long as the archive says/],
    ['larger than it is', wheelOf([{ size: 17 }]), /not as long as the archive says/],
    ['more than 16 MiB', wheelOf([{ size: 16 * MIB + 1 }]), /has more than 16777216 bytes/],
  ])('%s: an error that says so', async (_title, bytes, why) => {
    await expect(readMetadata('wheel', bytes)).rejects.toThrow(why);
  });

  test('a thousand entries for one large member: it is unpacked once', async () => {
    const wheel = wheelOf(
      Array.from({ length: 1000 }, (_, n) => ({ name: `${n}.dist-info/METADATA` })),
      16 * MIB,
    );
    expect(wheel.length).toBeLessThan(100_000);
    expect(await growth(readMetadata('wheel', wheel))).toBeLessThan(100 * MIB);
  });

  test('ten bytes, which unpack to 500 MiB: ten are unpacked', async () => {
    const wheel = wheelOf([{ size: 10 }], 500 * MIB);
    const started = performance.now();
    await expect(readMetadata('wheel', wheel)).rejects.toThrow('not as long as the archive says');
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('an sdist', () => {
  const sdist = async (...files: readonly (readonly [string, Uint8Array])[]): Promise<Uint8Array> =>
    gzip(await packTar(files.map(([path, content]) => ({ path, content }))));
  /** A tar header of a member of so many bytes. */
  function header(path: string, size: number | string, type = '0'): Buffer {
    const block = Buffer.alloc(512);
    block.write(path, 0);
    block.write(typeof size === 'string' ? size : size.toString(8).padStart(11, '0'), 124);
    block.write(type, 156);
    block.write('ustar\x0000', 257);
    const sum = block.reduce((total, byte) => total + byte, 8 * 0x20);
    block.write(sum.toString(8).padStart(6, '0'), 148);
    return block.fill(' ', 155, 156);
  }

  test('is read, under a long name too', async () => {
    const files = [
      ['a-1.0/PKG-INFO', METADATA],
      ['a-1.0/b/PKG-INFO', strToU8('Version: 2\n')],
      ['a-1.0/z.bin', Buffer.alloc(700)],
    ] as const;
    expect(metadataValue(await readMetadata('sdist', await sdist(...files)), 'version')).toBe(
      '1.0',
    );
    const long = `${'é'.repeat(100)}/PKG-INFO`;
    expect(
      metadataValue(await readMetadata('sdist', await sdist([long, METADATA])), 'version'),
    ).toBe('1.0');
  });

  test.each<[string, () => Promise<Uint8Array> | Uint8Array, RegExp]>([
    ['nothing', () => new Uint8Array(), /no readable gzip/],
    ['no gzip', () => new Uint8Array([1, 2, 3]), /no readable gzip/],
    [
      'cut off',
      async () => (await sdist(['a-1.0/PKG-INFO', METADATA])).subarray(0, -12),
      /no readable gzip/,
    ],
    [
      'a member that is cut off',
      () => gzipSync(header('a-1.0/PKG-INFO', 7)),
      /no readable tar archive \(Unexpected end of data\)/,
    ],
    [
      'a member that is passed over, cut off',
      () => gzipSync(header('a', 7)),
      /no readable tar archive \(Unexpected end of data\)/,
    ],
    ['a size that is none', () => gzipSync(header('a', 'x')), /\(Invalid header\)/],
    [
      'a header whose checksum is wrong',
      () => gzipSync(header('a', 0).fill('b', 0, 1)),
      /\(Invalid tar header/,
    ],
    ['no tar archive', () => gzipSync(Buffer.alloc(1024, 'x')), /\(Invalid tar header/],
    [
      'a name of more than 4 MiB',
      () => gzipSync(header('x', 5 * MIB, 'x')),
      /Header exceeds max size/,
    ],
    [
      'no PKG-INFO',
      async () => sdist(['PKG-INFO', METADATA]),
      /holds no <name>-<version>\/PKG-INFO/,
    ],
    [
      'two of them',
      async () => sdist(['a-1.0/PKG-INFO', METADATA], ['a-2.0/PKG-INFO', METADATA]),
      /more than one/,
    ],
    [
      'more than 16 MiB',
      () => gzipSync(header('a-1.0/PKG-INFO', 16 * MIB + 1)),
      /has more than 16777216 bytes/,
    ],
  ])('%s: an error that says so', async (_title, bytes, why) => {
    await expect(readMetadata('sdist', await bytes())).rejects.toThrow(why);
  });

  const zeros = (size: number): Buffer => gzipSync(Buffer.alloc(size), { level: 1 });

  test('of some kilobytes, 500 MiB when unpacked: nothing but PKG-INFO is kept', async () => {
    const size = 500 * MIB;
    const parts = [
      gzipSync(header('a-1.0/data', size)),
      zeros(size),
      gzipSync(header('a-1.0/PKG-INFO', METADATA.length)),
      gzipSync(Buffer.concat([METADATA], 512)),
    ];
    const reading = readMetadata('sdist', Buffer.concat(parts));
    expect(await growth(reading)).toBeLessThan(100 * MIB);
    expect(metadataValue(await reading, 'version')).toBe('1.0');
  });

  test('of more than 1 GiB when unpacked is refused', async () => {
    const bomb = Buffer.concat([
      gzipSync(header('a', 1100 * MIB)),
      zeros(550 * MIB),
      zeros(550 * MIB),
    ]);
    await expect(readMetadata('sdist', bomb)).rejects.toThrow(
      'it unpacks to more than 1073741824 bytes',
    );
  });

  test('is read no further when the run is cancelled', async () => {
    const bomb = Buffer.concat([gzipSync(header('a', 500 * MIB)), zeros(500 * MIB)]);
    const [controller, reason] = [new AbortController(), new Error('cancelled')];
    const reading = readMetadata('sdist', bomb, controller.signal);
    setTimeout(() => controller.abort(reason), 20);
    await expect(reading).rejects.toBe(reason);
  });
});

test('secrets are looked for by the rule of all publishers', async () => {
  const key = strToU8('-----BEGIN PRIVATE KEY-----\n');
  const files = {
    'a/.env': METADATA,
    'a/tls.pem': key,
    'a/ca.pem': METADATA,
    'a/.env.example': METADATA,
    'a/key.py': key,
  };
  const found = async (kind: 'wheel' | 'sdist', bytes: Uint8Array) =>
    secretFiles(await suspectMembers(kind, bytes)).toSorted();
  expect(await found('wheel', zipSync(files))).toEqual(['a/.env', 'a/tls.pem']);
  const packed = await packTar(Object.entries(files).map(([path, content]) => ({ path, content })));
  expect(await found('sdist', await gzip(packed))).toEqual(['.env', 'tls.pem']);
});
