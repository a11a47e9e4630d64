import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import {
  type ArchiveEntry,
  byBytes,
  gzip,
  packTar,
  sha256Hex,
  sha512Integrity,
  type TarEntry,
} from '@ameide/publisher-kit';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';

const file = (
  path: string,
  content = path,
  executable = false,
): ArchiveEntry & { readonly content: Uint8Array } => ({
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

  test.each([-1, 1.5, 8 ** 11, Number.NaN])('refuses the time %d', async (mtime) => {
    await expect(packTar([], { mtime })).rejects.toMatchObject({ field: 'mtime' });
  });
});

test('a folder that is named is there, though it is empty, and once alone', async () => {
  const entries: readonly TarEntry[] = [
    file('a/b'),
    { path: 'a', folder: true },
    { path: 'empty', folder: true },
  ];
  for (const folders of [false, true]) {
    const names = (await list(await packTar(entries, { folders }))).map(({ name }) => name);
    expect(names).toEqual(['a/', 'a/b', 'empty/']);
  }
  const both: readonly TarEntry[] = [file('a'), { path: 'a', folder: true }];
  await expect(packTar(both)).rejects.toMatchObject({ code: 'path-collision' });
});

test('a time after 2038 comes back', async () => {
  expect((await list(await packTar([file('a')], { mtime: 2 ** 32 })))[0]?.mtime).toBe(2 ** 32);
});

describe('packTar with links', () => {
  const ENTRIES_WITH_LINKS: readonly TarEntry[] = [
    file('lib/libx.so.1.2', 'elf', true),
    { path: 'lib/libx.so', symlink: 'libx.so.1.2' },
    { path: 'lib/libx.so.1.2.copy', hardLink: 'lib/libx.so.1.2' },
    { path: 'absolute', symlink: '/etc/os-release' },
    { path: 'größe', symlink: 'lib/größe' },
    { path: 'long', symlink: `${'n'.repeat(120)}/x` },
  ];

  test('the system’s tar makes the links that were packed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kit-test-'));
    await writeFile(join(folder, 'a.tar'), await packTar(ENTRIES_WITH_LINKS));
    execFileSync('tar', ['-xf', 'a.tar'], { cwd: folder });
    const target = (path: string): Promise<string> => readlink(join(folder, path));
    expect(await target('lib/libx.so')).toBe('libx.so.1.2');
    expect(await readFile(join(folder, 'lib/libx.so'), 'utf8')).toBe('elf');
    expect(await target('absolute')).toBe('/etc/os-release');
    expect(await target('größe')).toBe('lib/größe');
    expect(await target('long')).toBe(`${'n'.repeat(120)}/x`);
    const [original, copy] = await Promise.all(
      ['lib/libx.so.1.2', 'lib/libx.so.1.2.copy'].map((path) => stat(join(folder, path))),
    );
    expect([copy?.ino, copy?.mode]).toEqual([original?.ino, original?.mode]);
    await rm(folder, { recursive: true });
  });

  needs('python')('read by Python’s tarfile', () => {
    test('have the same types, targets and modes', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kit-test-'));
      await writeFile(join(folder, 'a.tar'), await packTar(ENTRIES_WITH_LINKS));
      const script = `import tarfile
for m in tarfile.open('a.tar'): print(m.name, m.type.decode(), oct(m.mode), m.linkname[:12], m.size)`;
      const listed = execFileSync('python3', ['-c', script], { cwd: folder, encoding: 'utf8' });
      expect(listed.trimEnd().split('\n')).toEqual([
        'absolute 2 0o777 /etc/os-rele 0',
        'größe 2 0o777 lib/größe 0',
        'lib/libx.so 2 0o777 libx.so.1.2 0',
        'lib/libx.so.1.2 0 0o755  3',
        'lib/libx.so.1.2.copy 1 0o755 lib/libx.so. 0',
        'long 2 0o777 nnnnnnnnnnnn 0',
      ]);
      await rm(folder, { recursive: true });
    });
  });

  test.each<[string, TarEntry, string]>([
    ['to a file that is not there', { path: 'b', hardLink: 'c' }, 'hardLink'],
    ['to a file that is unpacked after it', { path: 'B', hardLink: 'a' }, 'hardLink'],
    ['to a symlink', { path: 'z', hardLink: 'link' }, 'hardLink'],
    ['without a target', { path: 'b', symlink: '' }, 'symlink'],
    ['whose target ends at a NUL', { path: 'b', symlink: 'a\0b' }, 'symlink'],
  ])('refuses a link %s', async (_title, link, field) => {
    const entries: readonly TarEntry[] = [file('a'), { path: 'link', symlink: 'a' }, link];
    await expect(packTar(entries)).rejects.toMatchObject({ name: 'InvalidInputError', field });
  });
});

test('names that Linux alone can hold are packed when portable is false', async () => {
  const paths = ['README', 'a\\b', 'line\nbreak', 'readme'];
  const tar = await packTar(
    paths.map((path) => file(path)),
    { portable: false },
  );
  expect((await list(tar)).map(({ name }) => name)).toEqual(paths);
  for (const path of ['../a', '/a', 'a\0b']) {
    await expect(packTar([file(path)], { portable: false })).rejects.toMatchObject({
      field: 'path',
    });
  }
  const twice = [file('a'), file('a')];
  await expect(packTar(twice, { portable: false })).rejects.toMatchObject({
    code: 'path-collision',
  });
});

test('digests in the forms of the registries', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha512Integrity(Buffer.from('hello'))).toBe(
    'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==',
  );
});
