import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type ArchiveEntry,
  byBytes,
  gzip,
  packTar,
  sha256Hex,
  sha512Integrity,
} from '@ameide/publisher-kit';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';

const file = (path: string, content = path, executable = false): ArchiveEntry => ({
  path,
  content: Buffer.from(content),
  executable,
});

async function list(
  tar: Uint8Array,
): Promise<{ name: string; text: string; mode: number; mtime: number; owner: string }[]> {
  const reader = extract();
  reader.end(Buffer.from(tar));
  const entries = [];
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, mode, mtime, uid, gid, uname, gname } = entry.header;
    const owner = `${uid}:${gid}:${uname ?? ''}:${gname ?? ''}`;
    entries.push({
      name,
      text: Buffer.concat(chunks).toString(),
      mode: mode ?? -1,
      mtime: (mtime?.getTime() ?? Number.NaN) / 1000,
      owner,
    });
  }
  return entries;
}

const LONG = `${'directory-of-thirty-characters/'.repeat(5)}${'n'.repeat(120)}.json`;
const ENTRIES = [
  file('package/index.js', 'export {};\n'),
  file('package/bin/run.sh', '#!/bin/sh\n', true),
  file('package/empty', ''),
  file('package/größe/日本語.txt', 'é'),
  file(LONG, 'long'),
  file(`${'a/'.repeat(60)}name`, 'deep'),
];

describe('packTar', () => {
  test('the same entries give the same bytes, in any order: a golden digest', async () => {
    const tar = await packTar(ENTRIES);
    expect(sha256Hex(tar)).toBe('e044527326b806716ddd1044f07267303cd892cc9b81605b125e6f092c0f1770');
    expect(sha256Hex(await packTar(ENTRIES.toReversed()))).toBe(sha256Hex(tar));
    expect(tar.length % 512).toBe(0);
  });

  test('what goes in comes out: paths, content, modes, owner and time', async () => {
    const entries = await list(await packTar(ENTRIES, { mtime: 1763047931 }));
    const expected = ENTRIES.toSorted((a, b) => byBytes(a.path, b.path)).map((entry) => ({
      name: entry.path,
      text: Buffer.from(entry.content).toString(),
      mode: entry.executable === true ? 0o755 : 0o644,
      mtime: 1763047931,
      owner: '0:0::',
    }));
    expect(entries).toEqual(expected);
    expect((await list(await packTar([file('a')])))[0]?.mtime).toBe(0);
  });

  test('with folders, each that is on the way to a file comes once and before it, open to all', async () => {
    const entries = await list(
      await packTar([file('a/b/c'), file('a/b/d'), file('a.b'), file('e')], {
        folders: true,
        mtime: 7,
      }),
    );
    expect(
      entries.map(({ name, mode, mtime, owner }) => [name, mode.toString(8), mtime, owner]),
    ).toEqual([
      ['a.b', '644', 7, '0:0::'],
      ['a/', '755', 7, '0:0::'],
      ['a/b/', '755', 7, '0:0::'],
      ['a/b/c', '644', 7, '0:0::'],
      ['a/b/d', '644', 7, '0:0::'],
      ['e', '644', 7, '0:0::'],
    ]);
  });

  test('the system’s tar reads it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kit-test-'));
    await writeFile(join(folder, 'a.tar.gz'), await gzip(await packTar(ENTRIES)));
    execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: folder });
    for (const { path, content } of ENTRIES)
      expect(await readFile(join(folder, path))).toEqual(Buffer.from(content));
    expect((await stat(join(folder, 'package/bin/run.sh'))).mode & 0o777).toBe(0o755);
    expect(await readdir(folder)).toHaveLength(4);
    await rm(folder, { recursive: true });
  });

  test('the order is that of UTF-8 bytes, which is not JavaScript’s', async () => {
    const paths = ['\u{1f600}', '￰', 'z', 'a-b', 'a.b', 'a/b', 'é', 'B'];
    const names = (await list(await packTar(paths.map((path) => file(path))))).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['B', 'a-b', 'a.b', 'a/b', 'z', 'é', '￰', '\u{1f600}']);
    expect(names).not.toEqual(paths.toSorted());
  });

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    './a',
    'a/../b',
    '..',
    'a\\b',
    'a\0',
    'a\nb',
    '\ud800',
    'a\ufffd',
  ])('refuses the path %j', async (path) => {
    await expect(packTar([{ path, content: new Uint8Array() }])).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'path',
    });
  });

  test.each([
    ['README.md', 'readme.md'],
    ['a/x', 'A/y'],
    ['café', 'cafe\u0301'],
    ['straße', 'STRASSE'],
    ['a', 'a'],
    ['a', 'a/b'],
    ['A', 'a/b'],
  ])('refuses %j beside %j', async (first, second) => {
    await expect(packTar([file(first), file(second)])).rejects.toMatchObject({
      code: 'path-collision',
      field: 'path',
    });
  });

  test.each([-1, 1.5, 2 ** 31, Number.NaN])('refuses the time %d', async (mtime) => {
    await expect(packTar([], { mtime })).rejects.toMatchObject({ field: 'mtime' });
  });
});

describe('gzip', () => {
  test('has no name, no time and no system in its header, and comes back whole', async () => {
    const zipped = await gzip(Buffer.from('hello'));
    expect([...zipped.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    expect(gunzipSync(zipped).toString()).toBe('hello');
    expect(gunzipSync(await gzip(new Uint8Array()))).toHaveLength(0);
  });

  test('gives the same bytes on every machine and in every thread: golden digests', async () => {
    const text = Buffer.from(
      Array.from({ length: 60_000 }, (_, n) => `line ${(n * 7919) % 10_007}\n`).join(''),
    );
    expect(text.length).toBeLessThan(1 << 20);
    expect(sha256Hex(await gzip(text))).toBe(
      'a929e462eda38ef5d4aa347f1fe12a8d65b6e9af572711fba5f2d33f980c6a09',
    );
    const twice = Buffer.concat([text, text]);
    expect(twice.length).toBeGreaterThan(1 << 20);
    const zipped = await gzip(twice);
    expect(sha256Hex(zipped)).toBe(
      '2634e9f4eb2b6d84eda8f2c9213c179755752bd45ce64f7fac4e40894475a856',
    );
    expect(gunzipSync(zipped).equals(twice)).toBe(true);
  });
});

test('digests in the forms of the registries', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha512Integrity(Buffer.from('hello'))).toBe(
    'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==',
  );
});
