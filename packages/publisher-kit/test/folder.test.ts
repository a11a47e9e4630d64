import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readFolder } from '@ameide/publisher-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let base = '';
let folder = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kit-test-'));
  folder = join(base, 'tree');
  await mkdir(folder);
});
afterEach(() => rm(base, { recursive: true }));

async function put(path: string, content = path): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const paths = async (ignore?: (path: string) => boolean): Promise<string[]> =>
  (await readFolder(folder, ignore === undefined ? {} : { ignore })).map(({ path }) => path);

describe('readFolder', () => {
  test('lists files by the bytes of their paths, with place, mode and size', async () => {
    await put('b/z.txt', '12345');
    await put('b.txt');
    await put('é');
    await put('run');
    await chmod(join(folder, 'run'), 0o755);
    await mkdir(join(folder, 'empty'));
    const files = await readFolder(folder);
    expect(files.map(({ path, executable }) => [path, executable])).toEqual([
      ['b.txt', false],
      ['b/z.txt', false],
      ['run', true],
      ['é', false],
    ]);
    expect(files[1]).toEqual({
      path: 'b/z.txt',
      absolute: join(folder, 'b/z.txt'),
      executable: false,
      size: 5,
    });
  });

  test('leaves out what it is told to, a folder with all that is in it', async () => {
    await put('node_modules/a/index.js');
    await put('src/.env');
    await put('src/a.js');
    execFileSync('mkfifo', [join(folder, 'node_modules/pipe')]);
    const asked: string[] = [];
    const ignore = (path: string): boolean => {
      asked.push(path);
      return path === 'node_modules/' || path.endsWith('/.env');
    };
    expect(await paths(ignore)).toEqual(['src/a.js']);
    expect(asked.toSorted()).toEqual(['node_modules/', 'src/', 'src/.env', 'src/a.js']);
  });

  test('a link to a file inside is that file', async () => {
    await put('real/text', 'content');
    await symlink('real/text', join(folder, 'link'));
    await symlink('link', join(folder, 'again'));
    const files = await readFolder(folder);
    expect(files.map(({ path, absolute, size }) => [path, absolute, size])).toEqual([
      ['again', join(folder, 'real/text'), 7],
      ['link', join(folder, 'real/text'), 7],
      ['real/text', join(folder, 'real/text'), 7],
    ]);
  });

  test.each([
    ['leaves the folder', '../secret'],
    ['leaves it by an absolute path', '/etc/hostname'],
    ['names a neighbour with the same beginning', '../tree-two/file'],
    ['dangles', 'nowhere'],
    ['is a circle', 'link'],
    ['leads to a folder', 'inner'],
    ['leads to the folder itself', '.'],
    ['leads to an ignored file', '.env'],
    ['leads into an ignored folder', 'hidden/file'],
  ])('refuses a link that %s', async (_, target) => {
    await writeFile(join(base, 'secret'), '');
    await mkdir(join(base, 'tree-two'));
    await writeFile(join(base, 'tree-two/file'), '');
    await put('inner/file');
    await put('hidden/file');
    await put('.env');
    await symlink(target, join(folder, 'link'));
    const ignore = (path: string): boolean => path === '.env' || path === 'hidden/';
    await expect(paths(ignore)).rejects.toMatchObject({
      name: 'InvalidInputError',
      code: 'symlink',
      received: '"link"',
    });
    expect(await paths((path) => path === 'link' || ignore(path))).toEqual(['inner/file']);
  });

  test('refuses a FIFO', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(paths()).rejects.toMatchObject({ code: 'special-file', received: '"pipe"' });
  });

  test.each([
    ['Readme', 'README'],
    ['lib/a', 'Lib/b'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('refuses %j beside %j, naming both', async (first, second) => {
    await put(first);
    await put(second);
    const error: unknown = await paths().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'InvalidInputError', code: 'path-collision' });
    // Escaped, so that the two forms of é can be told apart.
    for (const path of [first.split('/')[0] ?? '', second.split('/')[0] ?? '']) {
      expect(String(error)).toContain(
        path.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      );
    }
  });

  test.each(['back\\slash', 'new\nline', 'tab\t'])('refuses the name %j', async (name) => {
    await put(name);
    await expect(paths()).rejects.toMatchObject({ name: 'InvalidInputError', field: 'path' });
  });

  test('refuses a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/x`), Buffer.from([0xff])]), '');
    await expect(paths()).rejects.toMatchObject({ name: 'InvalidInputError', field: 'path' });
  });

  test('refuses what is no folder', async () => {
    await put('file');
    for (const directory of [join(folder, 'none'), join(folder, 'file')]) {
      await expect(readFolder(directory)).rejects.toMatchObject({
        name: 'InvalidInputError',
        field: 'directory',
      });
    }
  });
});
