import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { parseSha } from '@ameide/versioning-core';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { codeOf, folder, type Sample, sample } from './git/sample.ts';

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

suite('exporting a tree', () => {
  it('writes exactly what is committed, with fixed modes and times, whatever the attributes, filters and umask', async () => {
    using repo = sample();
    repo.write(
      '.gitattributes',
      '*.txt text eol=crlf\nsecret export-ignore\nversion.py export-subst\n*.f filter=shout\n',
    );
    repo.git('config', 'filter.shout.smudge', 'tr a-z A-Z');
    for (const [path, text] of Object.entries({
      'a.txt': 'line\nline\n',
      secret: 's',
      'version.py': '$Format:%H$',
      'x.f': 'quiet',
      'run.sh': '#!/bin/sh\n',
      empty: '',
    })) {
      repo.write(path, text);
    }
    for (const name of NAMES) repo.write(`names/${name}`, `in ${name}`);
    repo.write('big', 'x'.repeat(3_000_000));
    symlinkSync('../a.txt', join(repo.directory, 'names/link'));
    chmodSync(join(repo.directory, 'run.sh'), 0o755);
    const sha = repo.commit('one', '1763047931 +0530');
    const before = snapshot(join(repo.directory, '.git'));
    using target = folder();
    const umask = process.umask(0o077);
    try {
      await using repository = await openRepository(repo.directory);
      await repository.exportTree(await repository.resolve(sha), target.directory);
    } finally {
      process.umask(umask);
    }
    const read = (path: string): string => readFileSync(join(target.directory, path), 'utf8');
    expect([
      read('a.txt'),
      read('secret'),
      read('version.py'),
      read('x.f'),
      read('empty'),
      read('big').length,
    ]).toEqual(['line\nline\n', 's', '$Format:%H$', 'quiet', '', 3_000_000]);
    for (const name of NAMES) expect(read(`names/${name}`)).toBe(`in ${name}`);
    expect(readlinkSync(join(target.directory, 'names/link'))).toBe('../a.txt');
    const stat = (path: string): readonly [number, number] => {
      const { mode, mtimeMs } = lstatSync(join(target.directory, path));
      return [mode & 0o777, mtimeMs / 1000];
    };
    expect([stat('a.txt'), stat('run.sh'), stat('names')]).toEqual([
      [0o644, 1763047931],
      [0o755, 1763047931],
      [0o755, 1763047931],
    ]);
    expect(snapshot(join(repo.directory, '.git')), 'index, refs and objects are as before').toEqual(
      before,
    );
  });

  it('refuses a submodule by its path, and a target with something in it', async () => {
    using repo = sample();
    const sha = repo.commit('one');
    repo.git('update-index', '--add', '--cacheinfo', `160000,${sha},libs/sub`);
    repo.git('commit', '--quiet', '-m', 'submodule');
    using target = folder();
    await using repository = await openRepository(repo.directory);
    await expect(
      repository.exportTree(await repository.resolve('HEAD'), target.directory),
    ).rejects.toMatchObject({
      code: 'submodule',
      received: '"libs/sub"',
    });
    writeFileSync(join(target.directory, 'x'), '');
    await expect(
      repository.exportTree(await repository.resolve(sha), target.directory),
    ).rejects.toMatchObject({ field: 'directory' });
  });

  it.each(['/etc/passwd', '../outside', 'dir/../../x', 'up/../..', 'C:\\x', '..\\x'])(
    'refuses a link to %j',
    async (to) => {
      using repo = sample();
      repo.write('dir/file', 'x');
      symlinkSync('dir/..', join(repo.directory, 'up'));
      symlinkSync(to, join(repo.directory, 'link'));
      repo.commit('one');
      using target = folder();
      await using repository = await openRepository(repo.directory);
      await expect(
        repository.exportTree(await repository.resolve('HEAD'), target.directory),
      ).rejects.toMatchObject({
        code: 'symlink-escape',
        received: '"link"',
      });
      expect(readdirSync(target.directory)).toEqual([]);
    },
  );

  it('writes nothing through a link of a crafted tree', async () => {
    using repo = sample();
    using outside = folder();
    mkdirSync(join(outside.directory, 'victim'));
    const blob = repo.gitWith({ input: 'owned' }, 'hash-object', '-w', '--stdin');
    const link = repo.gitWith({ input: 'dir' }, 'hash-object', '-w', '--stdin');
    const sub = repo.gitWith({ input: `100644 blob ${blob}\tfile\n` }, 'mktree');
    // Twice the same name: a link, and a directory. `git mktree` takes it, `git fsck` reports it.
    const tree = repo.gitWith(
      { input: `120000 blob ${link}\ta\n040000 tree ${sub}\ta\n` },
      'mktree',
    );
    const sha = repo.git('commit-tree', tree, '-m', 'crafted');
    using target = folder();
    await using repository = await openRepository(repo.directory);
    await expect(
      repository.exportTree(await repository.resolve(sha), target.directory),
    ).rejects.toThrow('EEXIST');
    expect(statSync(join(target.directory, 'a')).isDirectory()).toBe(true);
  });

  it('writes nothing more once it has failed', async () => {
    using repo = sample();
    for (let n = 0; n < 300; n++) repo.write(`f${String(n).padStart(4, '0')}`, `text ${n}`);
    const sha = repo.commit('one');
    const lost = repo.git('rev-parse', 'HEAD:f0000');
    rmSync(join(repo.directory, '.git/objects', lost.slice(0, 2), lost.slice(2)));
    using target = folder();
    await using repository = await openRepository(repo.directory);
    await expect(repository.exportTree(parseSha(sha), target.directory)).rejects.toThrow(lost);
    const written = readdirSync(target.directory).length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readdirSync(target.directory)).toHaveLength(written);
  });

  it.each(['..', '.git', '.GIT', 'a/b'])('refuses the file name %j', async (name) => {
    using repo = sample();
    repo.commit('one');
    const blob = repo.gitWith({ input: 'x' }, 'hash-object', '-w', '--stdin');
    const bytes = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
    const tree = repo.gitWith(
      { input: bytes },
      'hash-object',
      '-t',
      'tree',
      '-w',
      '--literally',
      '--stdin',
    );
    const sha = repo.git('commit-tree', tree, '-m', 'crafted');
    using target = folder();
    await using repository = await openRepository(repo.directory);
    expect(
      await codeOf(repository.exportTree(await repository.resolve(sha), target.directory)),
    ).toBe('unsafe-path');
    expect(readdirSync(target.directory)).toEqual([]);
  });
});

/** Every file below a directory with its size and time. */
function snapshot(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((path) => {
      const { size, mtimeMs } = lstatSync(join(directory, path));
      return `${path} ${size} ${mtimeMs}`;
    });
}
