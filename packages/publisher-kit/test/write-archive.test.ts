import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { needs } from '@ameide/local-registries/components';
import {
  packTar,
  sha256Hex,
  sha512Integrity,
  type TarEntry,
  type WrittenGzip,
  writeTarGz,
} from '@ameide/publisher-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tarPieces } from '../src/archive/tar.ts';

const MIB = 1 << 20;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kit-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const CONTENT = Buffer.alloc(3 * MIB + 7, 'content that is longer than what is read at once\n');

function written(entry: TarEntry): Promise<WrittenGzip> {
  return writeTarGz(join(folder, 'a.tar.gz'), [entry], { mtime: 7 });
}

test('says size and digests of what it wrote', async () => {
  const sha512 = createHash('sha512');
  const { size, sha256, contentSha256 } = await writeTarGz(
    join(folder, 'a.tar.gz'),
    [{ path: 'a', content: CONTENT }],
    { mtime: 7, hashes: [sha512] },
  );
  const bytes = await readFile(join(folder, 'a.tar.gz'));
  expect([size, sha256, `sha512-${sha512.digest('base64')}`]).toEqual([
    bytes.length,
    sha256Hex(bytes),
    sha512Integrity(bytes),
  ]);
  expect(contentSha256).toBe(sha256Hex(gunzipSync(bytes)));
  expect(contentSha256).toBe(
    sha256Hex(await packTar([{ path: 'a', content: CONTENT }], { mtime: 7 })),
  );
});

test('content in memory, on disk and as a stream makes one and the same archive', async () => {
  const file = join(folder, 'content');
  await writeFile(file, CONTENT);
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    yield CONTENT.subarray(0, 5);
    yield CONTENT.subarray(5);
  };
  const archives = [
    await written({ path: 'a', content: CONTENT }),
    await written({ path: 'a', content: { file } }),
    await written({ path: 'a', content: { size: CONTENT.length, pieces: pieces() } }),
  ];
  expect(new Set(archives.map(({ sha256 }) => sha256)).size).toBe(1);
});

test.each([CONTENT.length - 1, CONTENT.length + 1])(
  'a stream that does not have the %d bytes it should have: an error, and no file',
  async (size) => {
    const content = { size, pieces: [CONTENT] };
    await expect(written({ path: 'big', content })).rejects.toThrow('the content of big does not');
    expect(await readdir(folder)).not.toContain('a.tar.gz');
  },
);

test.each<[string, (file: string) => void]>([
  ['shorter', (file) => truncateSync(file, MIB)],
  ['longer', (file) => appendFileSync(file, 'x')],
])('a file that becomes %s while it is packed: an error', async (how, change) => {
  const file = join(folder, 'changing');
  writeFileSync(file, CONTENT);
  const packing = async (): Promise<void> => {
    let count = 0;
    for await (const _ of tarPieces([{ path: 'a', content: { file } }]))
      if (++count === 2) change(file);
  };
  await expect(packing()).rejects.toThrow(`${file} became ${how} while it was packed`);
});

test('a file that is not there: an error, and no archive', async () => {
  const content = { file: join(folder, 'missing') };
  await expect(written({ path: 'a', content })).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).not.toContain('a.tar.gz');
});

test('stops when it is aborted, and leaves no file', async () => {
  const [controller, reason] = [new AbortController(), new Error('cancelled')];
  const endless = function* (): Generator<Uint8Array> {
    for (let count = 0; ; count++) {
      if (count === 20) controller.abort(reason);
      yield CONTENT;
    }
  };
  const path = join(folder, 'aborted.tar.gz');
  const content = { size: Number.MAX_SAFE_INTEGER, pieces: endless() };
  const { signal } = controller;
  await expect(writeTarGz(path, [{ path: 'a', content }], { signal })).rejects.toBe(reason);
  await expect(writeTarGz(path, [], { signal })).rejects.toBe(reason);
  expect(await readdir(folder)).not.toContain('aborted.tar.gz');
});

needs('python')('what Python’s tarfile says of', () => {
  test('a file of 3 GiB, and one of 9, which ustar alone cannot say', async () => {
    for (const gib of [3, 9]) {
      const [file, size] = [join(folder, 'sparse'), gib * 1024 * MIB];
      await writeFile(file, '');
      await truncate(file, size);
      // The headers as Python reads them; the zeros need not be read twice.
      const head: Uint8Array[] = [];
      for await (const piece of tarPieces([{ path: 'a', content: { file } }])) {
        head.push(piece.slice());
        if (head.length === 2) break;
      }
      await writeFile(join(folder, 'head.tar'), Buffer.concat(head));
      const script = "import tarfile; print(tarfile.open('head.tar').next().size)";
      const options = { cwd: folder, encoding: 'utf8' } as const;
      expect(execFileSync('python3', ['-c', script], options)).toBe(`${size}\n`);
    }
  });
});

test('memory does not grow with the archive', () => {
  const peak = (mib: number): number => {
    const script = `
      import { writeTarGz } from ${JSON.stringify(import.meta.resolve('@ameide/publisher-kit'))};
      import { randomBytes } from 'node:crypto';
      const block = randomBytes(${MIB});
      function* pieces() { for (let n = 0; n < ${mib}; n++) yield block; }
      const content = { size: ${mib * MIB}, pieces: pieces() };
      await writeTarGz(${JSON.stringify(join(folder, 'memory.tar.gz'))}, [{ path: 'a', content }]);
      console.log(process.resourceUsage().maxRSS);
    `;
    const argv = ['--input-type=module', '-e', script];
    return Number(execFileSync(process.execPath, argv, { encoding: 'utf8' })) / 1024;
  };
  expect(peak(500) - peak(20)).toBeLessThan(40);
}, 60_000);
