import { link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { digestOf, storeBlob, storeFile } from '../src/image/store.ts';

describe('a blob that is stored twice at the same time', () => {
  const bytes = Buffer.from('{}');

  async function workspace(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'ameide-store-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
  }

  test('is replaced as a whole: who reads the first one finds it whole', async () => {
    const folder = await workspace();
    const { path } = await storeBlob(folder, 'text/plain', bytes);
    const first = join(folder, 'first');
    await link(path, first);
    await storeBlob(folder, 'text/plain', bytes);
    expect((await stat(path)).ino).not.toBe((await stat(first)).ino);
    expect(await readFile(first)).toEqual(bytes);
  });

  test('and nothing else stays there, also of a file that is stored twice', async () => {
    const folder = await workspace();
    const path = join(folder, 'layer');
    await writeFile(path, bytes);
    const digest = digestOf(bytes);
    const blob = { mediaType: 'text/plain', digest, size: bytes.length, path };
    await Promise.all([storeFile(folder, blob), storeFile(folder, blob)]);
    await storeBlob(folder, 'text/plain', bytes);
    expect(await readdir(join(folder, 'blobs/sha256'))).toEqual([digest.slice('sha256:'.length)]);
  });
});
