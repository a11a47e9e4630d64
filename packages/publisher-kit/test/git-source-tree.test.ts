import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { codeOf, type Sample, sample } from './git/sample.ts';

const suite = needs('git');

const NAMES = [
  'a b',
  'tab\there',
  'new\nline',
  'ünïcode/日本.txt',
  '-flag',
  '--',
  'quote"',
  "it's",
  '*',
  'back\\slash',
  'HEAD',
  'a:b',
  '$(id)',
  'dir.x',
  'dir/file',
];

function withNames(): Sample & { readonly sha: string } {
  const repo = sample();
  for (const name of NAMES) repo.write(name, `in ${name}`);
  return { ...repo, sha: repo.commit('names') };
}

suite('a source tree', () => {
  it('lists and reads every file name there can be, in byte order', async () => {
    using repo = withNames();
    await using repository = await openRepository(repo.directory);
    const source = repository.source(await repository.resolve(repo.sha));
    const listed = await source.list('');
    const expected = repo
      .git('ls-tree', '-r', '-z', 'HEAD')
      .split('\0')
      .filter((line) => line !== '');
    expect(listed.map(({ objectId, path }) => `100644 blob ${objectId}\t${path}`)).toEqual(
      expected,
    );
    expect(listed.map(({ path }) => path)).toEqual(
      NAMES.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    for (const name of NAMES) expect(await source.readText(name)).toBe(`in ${name}`);
  });

  it('reads the commit, never the working tree', async () => {
    using repo = sample();
    repo.write('package.json', '\uFEFF{"version":"0.1.0"}');
    repo.write('not-text', 'x');
    writeFileSync(join(repo.directory, 'not-text'), Buffer.from([0x66, 0xff]));
    const first = repo.commit('one');
    repo.write('package.json', 'second');
    const second = repo.commit('two');
    repo.write('package.json', 'not committed');
    repo.write('new', 'not committed');
    await using repository = await openRepository(repo.directory);
    const source = repository.source(await repository.resolve(first));
    expect(await source.readText('package.json')).toBe('{"version":"0.1.0"}');
    expect(await source.at(await repository.resolve(second)).readText('package.json')).toBe(
      'second',
    );
    expect(await source.readText('new')).toBeUndefined();
    expect(await codeOf(source.readText('not-text'))).toBe('not-utf8');
    expect(await source.readBytes('not-text')).toEqual(Buffer.from([0x66, 0xff]));
    expect(await source.readBytes('package.json')).toEqual(
      Buffer.from('\uFEFF{"version":"0.1.0"}'),
    );
    expect([await source.readBytes('new'), await source.readBytes('')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('gives a directory’s tree id and its files, and says what is none', async () => {
    using repo = withNames();
    await using repository = await openRepository(repo.directory);
    const source = repository.source(await repository.resolve(repo.sha));
    expect(await source.treeId('dir')).toBe(repo.git('rev-parse', 'HEAD:dir'));
    expect(await source.treeId('')).toBe(repo.git('rev-parse', 'HEAD^{tree}'));
    expect(await source.list('dir')).toMatchObject([{ path: 'dir/file', mode: 'file' }]);
    expect([
      await source.treeId('none'),
      await source.treeId('dir/file'),
      await source.readText('dir'),
      await source.readText('dir/file/x'),
    ]).toEqual([undefined, undefined, undefined, undefined]);
    expect([await source.list('none'), await source.list('dir/file')]).toEqual([[], []]);
    for (const path of ['../x', '/etc/passwd', 'a//b', './a', 'a/..', 'dir/'])
      await expect(source.readText(path)).rejects.toMatchObject({ field: 'path' });
  });

  it('works the same in a SHA-256 repository', async () => {
    using repo = sample('--object-format=sha256');
    repo.write('dir/file', 'x');
    const sha = repo.commit('one');
    repo.git('tag', '-a', 'v0.1.0', '-m', 'x');
    await using repository = await openRepository(repo.directory);
    const source = repository.source(await repository.resolve('v0.1.0'));
    expect(source.sha).toBe(sha);
    expect(await source.readText('dir/file')).toBe('x');
    expect(await source.ancestorTags()).toEqual([{ tag: 'v0.1.0', sha }]);
  });
});
