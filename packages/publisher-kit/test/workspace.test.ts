import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createWorkspace } from '@ameide/publisher-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWritable } from '../src/workspace/workspace.ts';

let parent = '';
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kit-test-'));
});
afterAll(() => rm(parent, { recursive: true }));

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('createWorkspace', () => {
  test('makes a folder that only this user enters, and removes it', async () => {
    const workspace = await createWorkspace(parent);
    expect(dirname(workspace.directory)).toBe(parent);
    expect(await mode(workspace.directory)).toBe(0o700);
    await writeFile(join(await workspace.folder('npm:a'), 'file'), '');
    await workspace.dispose();
    await workspace.dispose();
    expect(await readdir(parent)).toEqual([]);
  });

  test('is disposed of by `await using`', async () => {
    {
      await using workspace = await createWorkspace(parent);
      expect(await readdir(parent)).toEqual([basename(workspace.directory)]);
    }
    expect(await readdir(parent)).toEqual([]);
  });

  test('gives each id its own folder, and the same one again', async () => {
    await using workspace = await createWorkspace(parent);
    const ids = [
      'npm:@a/b',
      'npm:@a-b',
      'NPM:@A/B',
      '../../etc',
      '..',
      '',
      '/',
      'é',
      'e',
      'x'.repeat(300),
      `${'x'.repeat(300)}y`,
      '-rf',
      'CON',
    ];
    const folders = await Promise.all(ids.map((id) => workspace.folder(id)));
    expect(new Set(folders.map((path) => path.toLowerCase())).size).toBe(ids.length);
    for (const path of folders) {
      expect(dirname(path)).toBe(workspace.directory);
      expect(basename(path)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/);
      expect(await mode(path)).toBe(0o700);
      expect(await readdir(path)).toEqual([]);
    }
    expect(basename(folders[0] ?? '')).toMatch(/^npm-a-b-[0-9a-f]{8}$/);
    expect(await workspace.folder('npm:@a/b')).toBe(folders[0]);
  });

  test('can remove read-only folders, as Go’s module cache has them', async () => {
    const workspace = await createWorkspace(parent);
    const cache = join(workspace.directory, 'mod/deep');
    await mkdir(cache, { recursive: true });
    await writeFile(join(cache, 'go.mod'), '', { mode: 0o444 });
    for (const path of [cache, dirname(cache)]) await chmod(path, 0o555);
    // Root may remove them as they are, so the step itself is looked at.
    await makeWritable(workspace.directory);
    expect([await mode(cache), await mode(dirname(cache))]).toEqual([0o700, 0o700]);
    for (const path of [cache, dirname(cache)]) await chmod(path, 0o555);
    await workspace.dispose();
    expect(await readdir(parent)).toEqual([]);
  });
});
