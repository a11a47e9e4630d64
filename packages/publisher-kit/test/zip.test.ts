import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { packZip, sha256Hex } from '../src/index.ts';

/** 2025-11-13 15:32:11 UTC. */
const TIME = 1763047931;
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const ENTRIES = [
  { path: 'pkg/b.txt', content: text('b'.repeat(5000)) },
  { path: 'pkg/ünïcode.txt', content: text('ü') },
  { path: 'pkg/empty', content: text('') },
  { path: 'a.sh', content: text('#!/bin/sh\n'), executable: true },
  { path: 'large', content: new Uint8Array(3 << 20).map((_, index) => (index * index) >> 3) },
];

const PYTHON = `
import hashlib, json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([
    [one.filename, oct(one.external_attr >> 16), list(one.date_time), hashlib.sha256(archive.read(one)).hexdigest()]
    for one in archive.infolist()
]))`;

needs('python')('a zip archive', () => {
  test('is what Python reads, with modes, the time in UTC and the given order', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ameide-zip-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'a.zip');
    writeFileSync(path, await packZip(ENTRIES, { mtime: TIME }));
    const python = component('python').path ?? '';
    expect(JSON.parse(execFileSync(python, ['-c', PYTHON, path], { encoding: 'utf8' }))).toEqual(
      ENTRIES.map(({ path: name, content, executable = false }) => [
        name,
        executable ? '0o100755' : '0o100644',
        [2025, 11, 13, 15, 32, 10],
        sha256Hex(content),
      ]),
    );
    expect(readFileSync(path).length).toBeLessThan(3.2 * 2 ** 20);
  });
});

test('a zip archive has the same bytes each time', async () => {
  const bytes = await packZip(ENTRIES, { mtime: TIME });
  expect(await packZip(ENTRIES, { mtime: TIME })).toEqual(bytes);
});

test('a zip archive refuses paths and times that it cannot hold', async () => {
  const content = text('');
  for (const path of ['../a', '/a', 'a//b', String.raw`a\b`])
    await expect(packZip([{ path, content }], { mtime: TIME })).rejects.toThrow(/^path: /);
  const twice = [
    { path: 'a/B', content },
    { path: 'a/b', content },
  ];
  await expect(packZip(twice, { mtime: TIME })).rejects.toThrow(/case/);
  for (const mtime of [0, 315532799, 4354819200, Number.NaN])
    await expect(packZip([{ path: 'a', content }], { mtime })).rejects.toThrow(/^mtime: /);
});
