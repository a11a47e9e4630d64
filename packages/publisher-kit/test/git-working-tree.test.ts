import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { codeOf, folder, sample } from './git/sample.ts';

const suite = needs('git');

suite('the files of the working tree', () => {
  it('are those of git: what is in a folder that became a link is deleted', async () => {
    using repo = sample();
    using elsewhere = folder();
    repo.write('packages/sdk/src/index.ts', 'inside');
    repo.write('packages/sdk/package.json', '{}');
    repo.write('packages/web/package.json', '{}');
    repo.commit('one');
    const moved = join(elsewhere.directory, 'sdk');
    renameSync(join(repo.directory, 'packages/sdk'), moved);
    symlinkSync(moved, join(repo.directory, 'packages/sdk'));
    await using repository = await openRepository(repo.directory);
    const files = repository.workingTree();
    expect(await files.list('')).toEqual([
      { path: 'packages/sdk', mode: 'symlink' },
      { path: 'packages/web/package.json', mode: 'file' },
    ]);
    expect(await files.readText('packages/sdk/package.json')).toBeUndefined();
    expect(await files.readBytes('packages/sdk/src/index.ts')).toBeUndefined();
    const deleted = repo.git('diff', '--name-only', '--diff-filter=D').split('\n');
    expect(deleted).toEqual(['packages/sdk/package.json', 'packages/sdk/src/index.ts']);
  });

  it('are listed also where their names are not UTF-8, and cannot be read', async () => {
    using repo = sample();
    const named = (bytes: number[], end: string): Buffer =>
      Buffer.concat([Buffer.from(`${repo.directory}/`), Buffer.from(bytes), Buffer.from(end)]);
    mkdirSync(named([0xff, 0xfe], ''));
    writeFileSync(named([0xff, 0xfe], '/package.json'), '{}');
    repo.commit('one');
    writeFileSync(named([0xff], '.new'), 'x');
    await using repository = await openRepository(repo.directory);
    const files = repository.workingTree();
    const paths = ['\uFFFD.new', '\uFFFD\uFFFD/package.json'];
    expect(await files.list('')).toEqual(paths.map((path) => ({ path, mode: 'file' })));
    for (const path of paths) expect(await codeOf(files.readText(path))).toBe('unreadable-file');
  });

  it('are listed also where the system refuses to look, for this or another reason', async () => {
    using repo = sample();
    const id = repo.gitWith({ input: 'x' }, 'hash-object', '-w', '--stdin');
    // Longer than a name may be: as with a closed folder, which root may look into, the answer is not ENOENT.
    const paths = [`${'a'.repeat(300)}/run`, 'b'.repeat(300)] as const;
    repo.git('update-index', '--add', '--cacheinfo', `100755,${id},${paths[0]}`);
    repo.git('update-index', '--add', '--cacheinfo', `100644,${id},${paths[1]}`);
    await using repository = await openRepository(repo.directory);
    const files = repository.workingTree();
    expect(await files.list('')).toEqual([
      { path: paths[0], mode: 'executable' },
      { path: paths[1], mode: 'file' },
    ]);
    for (const path of paths) expect(await codeOf(files.readText(path))).toBe('unreadable-file');
  });
});
