import { chmodSync, existsSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { createGitRemote, openRepository } from '../src/git/index.ts';
import { createProcesses } from '../src/process/create-processes.ts';
import { Secret } from '../src/secret/secret.ts';
import { codeOf, folder, type Sample, sample } from './git/sample.ts';

const suite = needs('git');

const PATH = process.env['PATH'] ?? '';

/** A repository that brings a program in each of these folders; `started` exists once one has run. */
function hostile(
  program: string,
  ...folders: readonly string[]
): Sample & { readonly started: string } {
  const repo = sample();
  const started = join(repo.directory, '.git/started');
  for (const one of folders) {
    repo.write(join(one, program), `#!/bin/sh\nenv > '${started}'\nexit 1\n`);
    chmodSync(join(repo.directory, one, program), 0o755);
  }
  repo.commit('one');
  return Object.assign(repo, { started });
}

/** Each way to put a folder of the repository, or of a dependency, before the real programs. */
const ENTRIES: readonly (readonly [
  string,
  string,
  (repository: string, outside: string) => string,
])[] = [
  ['the working directory', '.', () => '.'],
  ['an empty entry', '.', () => ''],
  ['a relative folder', 'tools/bin', () => 'tools/bin'],
  ['a relative folder above', '.', (repository) => `../${repository.split('/').at(-1)}`],
  ['~', '~', () => '~'],
  ['a folder of the repository', 'tools/bin', (repository) => join(repository, 'tools/bin')],
  ['its root', '.', (repository) => `${repository}/`],
  ['its root, spelt differently', '.', (repository) => join(repository, 'x/..') + '/.'],
  [
    'a link to it',
    'tools/bin',
    (repository, outside) => {
      symlinkSync(join(repository, 'tools/bin'), join(outside, 'link'));
      return join(outside, 'link');
    },
  ],
  [
    'its node_modules/.bin',
    'node_modules/.bin',
    (repository) => join(repository, 'node_modules/.bin'),
  ],
];

suite('git is never a program of the repository or of a dependency', () => {
  it.each(ENTRIES)('%s of PATH', async (_, place, entryOf) => {
    using repo = hostile('git', place);
    using outside = folder();
    const env = { PATH: [entryOf(repo.directory, outside.directory), PATH].join(delimiter) };
    await using repository = await openRepository(repo.directory, { env });
    const sha = await repository.resolve('main');
    await repository.source(sha).ancestorTags();
    await repository.source(sha).list('');
    await repository.dirtyPaths();
    expect(existsSync(repo.started)).toBe(false);
    const remote = createGitRemote({
      url: 'http://127.0.0.1:1/r.git',
      credential: {
        origin: 'http://127.0.0.1:1',
        scheme: 'basic',
        user: 'x',
        password: new Secret('planted-secret'),
      },
      processes: createProcesses({ env }),
      sleep: async () => undefined,
    });
    expect(await remote.lsRemote([])).toMatchObject({ failure: { kind: 'unreachable' } });
    expect(existsSync(repo.started)).toBe(false);
  });

  it('of one that is installed elsewhere neither, under npx', async () => {
    using repo = sample();
    repo.commit('one');
    using other = hostile('git', 'node_modules/.bin');
    const env = { PATH: [join(other.directory, 'node_modules/.bin'), PATH].join(delimiter) };
    await using repository = await openRepository(repo.directory, { env });
    await repository.resolve('HEAD');
    expect(existsSync(other.started)).toBe(false);
  });

  it('and missing if there is no other', async () => {
    using repo = hostile('git', 'bin');
    for (const entry of ['bin', join(repo.directory, 'bin')])
      expect(await codeOf(openRepository(repo.directory, { env: { PATH: entry } }))).toBe(
        'git-missing',
      );
    expect(existsSync(repo.started)).toBe(false);
  });
});

suite('what git starts itself', () => {
  it.each(ENTRIES)('is no ssh of the repository: %s of PATH', async (_, place, entryOf) => {
    using repo = hostile('ssh', place);
    using outside = folder();
    const env = { PATH: [entryOf(repo.directory, outside.directory), PATH].join(delimiter) };
    repo.git('remote', 'add', 'origin', 'git@work:acme/sdk.git');
    await using repository = await openRepository(repo.directory, { env });
    await repository.origin();
    const processes = createProcesses({ env });
    const remote = createGitRemote({
      url: 'ssh://git@127.0.0.1:1/r.git',
      processes,
      sleep: async () => undefined,
    });
    expect(await remote.lsRemote([])).toHaveProperty('failure');
    expect(existsSync(repo.started)).toBe(false);
  });

  it('may be a clean filter of the repository, which gets nothing secret', async () => {
    using repo = hostile('strip', '.venv/bin');
    repo.git('config', 'filter.strip.clean', 'strip');
    repo.write('.gitattributes', 'file filter=strip\n');
    repo.write('file', 'x');
    const env = { PATH: [join(repo.directory, '.venv/bin'), PATH].join(delimiter) };
    await using repository = await openRepository(repo.directory, { env });
    repo.git('-c', 'filter.strip.clean=', 'add', '--all');
    repo.write('file', 'y');
    await repository.dirtyPaths();
    expect(existsSync(repo.started)).toBe(true);
  });
});
