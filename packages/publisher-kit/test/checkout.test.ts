import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readTreeAttributes } from '../src/checkout/attributes.ts';
import { copyCheckout } from '../src/checkout/copy.ts';
import { createProcesses } from '../src/process/create-processes.ts';
import {
  COMMIT_TIME,
  createTestRepository,
  runGit,
  type TestRepository,
} from '../src/testing/index.ts';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ameide-checkout-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function testRepository(options: Parameters<typeof createTestRepository>[0] = {}): TestRepository {
  const repository = createTestRepository(options);
  onTestFinished(async () => repository[Symbol.asyncDispose]());
  return repository;
}

async function checkOut(repository: TestRepository, sha = repository.git('rev-parse', 'HEAD')) {
  const directory = scratch();
  const opened = await repository.open();
  const { problems, value } = await opened.checkout(await opened.resolve(sha), directory);
  return { directory, missing: value ?? [], problem: problems?.[0] };
}

/** What git itself lays out: the right answer. */
function plainClone(repository: TestRepository, ...options: readonly string[]): string {
  const directory = join(scratch(), 'clone');
  runGit(repository.directory, ['clone', '--quiet', ...options, repository.directory, directory]);
  return directory;
}

/** Every path but `.git`'s, with its kind, executable bit and content. */
function contents(directory: string): readonly string[] {
  const shown: string[] = [];
  const walk = (folder: Buffer, prefix: string): void => {
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      const absolute = Buffer.concat([folder, Buffer.from('/'), name]);
      const path = prefix + name.toString('latin1');
      const entry = lstatSync(absolute);
      if (name.toString('latin1') === '.git') continue;
      if (entry.isSymbolicLink()) shown.push(`${path} -> ${readlinkSync(absolute)}`);
      else if (entry.isFile()) {
        const mode = (entry.mode & 0o100) === 0 ? '-' : 'x';
        shown.push(`${path} ${mode} ${readFileSync(absolute, 'hex')}`);
      } else {
        shown.push(`${path}/`);
        walk(absolute, `${path}/`);
      }
    }
  };
  walk(Buffer.from(directory), '');
  return shown.toSorted();
}

function withOddities(): TestRepository {
  const repository = testRepository({ origin: 'https://u:secret@github.com/ameideio/ameide.git' });
  repository.commit({
    files: {
      '.gitattributes':
        '*.txt text eol=crlf\nsecret export-ignore\nversion.py export-subst\n*.f filter=shout\n*.i ident\n',
      'a.txt': 'line\nline\n',
      secret: 's',
      'version.py': '$Format:%H$',
      'x.f': 'quiet',
      'x.i': '$Id$',
      empty: '',
      'dir/dead': { link: 'nowhere' },
      'dir/out': { link: '/etc/passwd' },
      'dir/up': { link: '..' },
      README: '1',
      readme: '2',
      'a\\b': '3',
      'ümläut/日本': '4',
      'run.sh': '#!/bin/sh\n',
    },
  });
  chmodSync(join(repository.directory, 'run.sh'), 0o755);
  writeFileSync(
    Buffer.concat([Buffer.from(`${repository.directory}/latin-`), Buffer.of(0xe9)]),
    '5',
  );
  repository.commit({ message: 'two' });
  repository.git('tag', '--annotate', 'v0.1.0', '--message', 'one');
  repository.git('tag', 'light');
  return repository;
}

describe('a checkout', () => {
  test('holds what a plain clone holds: attributes, links, odd names, executables', async () => {
    const repository = withOddities();
    const { directory, missing } = await checkOut(repository);
    expect(contents(directory)).toEqual(contents(plainClone(repository)));
    expect(missing).toEqual([]);
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('line\r\nline\r\n');
  });

  test('is a repository: clean, at the commit, with the clone’s tags', async () => {
    const repository = withOddities();
    const { directory } = await checkOut(repository);
    const clone = plainClone(repository);
    for (const argv of [
      ['status', '--porcelain'],
      ['ls-files', '--stage'],
      ['describe', '--tags', '--long'],
      ['describe', '--long'],
      ['rev-parse', 'HEAD'],
      ['log', '--format=%H %s'],
      ['for-each-ref', 'refs/tags'],
    ])
      expect(runGit(directory, argv)).toBe(runGit(clone, argv));
    expect(runGit(directory, ['rev-parse', '--show-toplevel'])).toBe(directory);
    expect(runGit(directory, ['config', 'remote.origin.url'])).toBe(
      'https://github.com/ameideio/ameide',
    );
  });

  test('takes no attribute from the user’s own configuration folder', async () => {
    const repository = testRepository();
    repository.commit({ files: { 'a.txt': 'a\n', 'm.bin': 'no pointer' } });
    const configuration = join(scratch(), 'git');
    mkdirSync(configuration);
    writeFileSync(join(configuration, 'attributes'), '* text eol=crlf\n*.bin filter=lfs\n');
    vi.stubEnv('XDG_CONFIG_HOME', join(configuration, '..'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const { directory } = await checkOut(repository);
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('a\n');
    const opened = await repository.open();
    const { gitDirectory, sha } = opened.source(await opened.resolve('HEAD'));
    const processes = createProcesses();
    const paths = ['a.txt', 'm.bin'];
    const found = await readTreeAttributes({ gitDirectory, tree: sha, processes }, ['eol'], paths);
    expect(paths.map((path) => found.get(path)?.get('eol'))).toEqual(Array(2).fill('unspecified'));
  });

  test('into a folder that is not empty is refused', async () => {
    const repository = withOddities();
    const directory = scratch();
    writeFileSync(join(directory, 'x'), '');
    const opened = await repository.open();
    await expect(opened.checkout(await opened.resolve('HEAD'), directory)).rejects.toMatchObject({
      field: 'directory',
    });
  });
});

describe('submodules', () => {
  function withSubmodule(): TestRepository {
    const [inner, middle] = [testRepository(), testRepository()];
    inner.commit({ files: { 'inner.txt': 'inner' } });
    const allow = ['-c', 'protocol.file.allow=always'];
    middle.commit({ files: { 'api.proto': 'syntax' } });
    middle.git(...allow, 'submodule', '--quiet', 'add', inner.directory, 'deep/inner');
    middle.commit();
    const repository = testRepository();
    repository.commit({ files: { 'main.txt': 'x' } });
    const add = ['submodule', '--quiet', 'add', '--name', 'the/protos', middle.directory];
    repository.git(...allow, ...add, 'third_party/protos');
    repository.git(...allow, 'submodule', '--quiet', 'update', '--init', '--recursive');
    repository.commit();
    return repository;
  }

  test('that the clone has are in the checkout, at any depth, and in a copy of it', async () => {
    const repository = withSubmodule();
    const { directory, missing } = await checkOut(repository);
    const copy = join(scratch(), 'copy');
    await copyCheckout(directory, copy);
    expect(missing).toEqual([]);
    for (const one of [directory, copy]) {
      expect(readFileSync(join(one, 'third_party/protos/api.proto'), 'utf8')).toBe('syntax');
      const inner = join(one, 'third_party/protos/deep/inner');
      expect(readFileSync(join(inner, 'inner.txt'), 'utf8')).toBe('inner');
      expect(runGit(one, ['status', '--porcelain'])).toBe('');
      expect(runGit(inner, ['rev-parse', '--show-toplevel'])).toBe(inner);
      const listed = runGit(one, ['ls-files', '--recurse-submodules']).split('\n');
      expect(listed).toContain('third_party/protos/deep/inner/inner.txt');
    }
  });

  test('that the clone lacks leave an empty folder, as in a plain clone, and are reported', async () => {
    const repository = withSubmodule();
    rmSync(join(repository.directory, '.git/modules'), { recursive: true });
    const { directory, missing } = await checkOut(repository);
    expect(missing).toEqual([{ path: 'third_party/protos', reason: 'submodule' }]);
    expect(readdirSync(join(directory, 'third_party/protos'))).toEqual([]);
    const opened = await repository.open();
    const source = opened.source(await opened.resolve('HEAD'));
    expect(await source.missingContent('third_party')).toEqual(missing);
    expect(await source.missingContent('elsewhere')).toEqual([]);
  });
});

describe('a copy of a checkout', () => {
  test('has the same files, times, modes and links, and is a clean repository of its own', async () => {
    const repository = withOddities();
    const { directory } = await checkOut(repository);
    const copy = join(scratch(), 'copy');
    await copyCheckout(directory, copy);
    expect(contents(copy)).toEqual(contents(directory));
    expect(lstatSync(join(copy, 'dir')).mtimeMs).toBe(COMMIT_TIME * 1000);
    expect(runGit(copy, ['status', '--porcelain'])).toBe('');
    writeFileSync(join(copy, 'README'), 'changed');
    expect(readFileSync(join(directory, 'README'), 'utf8')).toBe('1');
    expect(runGit(copy, ['status', '--porcelain'])).toBe('M README');
  });
});
