import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { parseSha } from '@ameide/versioning-core';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { gitIn } from './checkout/support.ts';
import { codeOf, folder, type Sample, sample } from './git/sample.ts';

const suite = needs('git');

/** A program that writes its name to a file. Returns what has been run so far. */
function recorder(directory: string): {
  readonly program: (name: string) => string;
  readonly ran: () => readonly string[];
} {
  const log = join(directory, 'ran');
  return {
    program(name) {
      const path = join(directory, name);
      writeFileSync(path, `#!/bin/sh\necho ${name} >> '${log}'\nexit 1\n`, { mode: 0o755 });
      return path;
    },
    ran: () =>
      existsSync(log) ? [...new Set(readFileSync(log, 'utf8').trim().split('\n'))].sort() : [],
  };
}

/** git-config(1): everything in a repository's own configuration that names a program. */
const KEYS = [
  'core.fsmonitor',
  'core.pager',
  'core.editor',
  'core.sshCommand',
  'core.askPass',
  'core.gitProxy',
  'core.alternateRefsCommand',
  'credential.helper',
  'diff.external',
  'diff.x.textconv',
  'diff.x.command',
  'filter.x.smudge',
  'filter.x.process',
  'gpg.program',
  'interactive.diffFilter',
  'merge.x.driver',
  'pager.log',
  'remote.origin.uploadpack',
  'remote.origin.receivepack',
  'sequence.editor',
  'uploadpack.packObjectsHook',
];
const HOOKS = ['post-checkout', 'post-index-change', 'reference-transaction', 'fsmonitor-watchman'];

/** A clone that lacks an object, and whose configuration runs a program wherever it can. */
function configured(repo: Sample, program: (name: string) => string): string {
  repo.write('.gitattributes', '* filter=x diff=x merge=x\n');
  repo.write('file', 'x');
  repo.write('lost', 'fetched when it is read');
  const sha = repo.commit('one');
  repo.git('tag', '-a', 'v0.1.0', '-m', 'x');
  repo.git('remote', 'add', 'origin', join(repo.directory, '.git'));
  for (const key of KEYS) repo.git('config', key, program(key));
  for (const alias of ['status', 'config', 'for-each-ref'])
    repo.git('config', `alias.${alias}`, `!${program('alias')}`);
  mkdirSync(join(repo.directory, '.git/hooks'), { recursive: true });
  for (const hook of HOOKS)
    writeFileSync(
      join(repo.directory, '.git/hooks', hook),
      `#!/bin/sh\nexec '${program('hook')}'\n`,
      { mode: 0o755 },
    );
  repo.git('config', 'log.showSignature', 'true');
  repo.git('config', 'core.repositoryFormatVersion', '1');
  repo.git('config', 'extensions.partialClone', 'origin');
  repo.git('config', 'remote.origin.promisor', 'true');
  return sha;
}

function loseObject(repo: Sample, name: string): void {
  const id = repo.git('rev-parse', name);
  rmSync(join(repo.directory, '.git/objects', id.slice(0, 2), id.slice(2)));
}

suite("programs that a clone's own configuration names", () => {
  it('are not run by what reads a commit, nor to fetch what the clone lacks', async () => {
    using repo = sample();
    using programs = folder();
    const { program, ran } = recorder(programs.directory);
    const sha = parseSha(configured(repo, program));
    loseObject(repo, 'HEAD:lost');
    await using repository = await openRepository(repo.directory);
    expect(await repository.resolve('v0.1.0')).toBe(sha);
    await repository.resolve('HEAD');
    await repository.currentBranch();
    await repository.source(sha).ancestorTags();
    await repository.origin();
    await repository.remoteUrl();
    await repository.history().relation(sha, sha.slice(0, 8));
    const source = repository.source(sha);
    expect(await source.readText('file')).toBe('x');
    await source.missingContent('');
    expect(await codeOf(source.readText('lost'))).toBeDefined();
    expect(ran()).toEqual([]);
    // What git would have run: the objects are asked for through `uploadpack`.
    expect(() => repo.git('cat-file', '-p', 'HEAD:lost')).toThrow('Could not read from remote');
    expect(ran()).toContain('remote.origin.uploadpack');
  });

  it('are not run by the checkout of a build', async () => {
    using repo = sample();
    using programs = folder();
    using target = folder();
    const { program, ran } = recorder(programs.directory);
    const sha = parseSha(configured(repo, program));
    await using repository = await openRepository(repo.directory);
    expect((await repository.checkout(sha, target.directory)).value).toEqual([]);
    expect(readFileSync(join(target.directory, 'file'), 'utf8')).toBe('x');
    expect(ran()).toEqual([]);
  });

  it('are not run to compare the working tree, except for the filters that git needs for it', async () => {
    using repo = sample();
    using programs = folder();
    const { program, ran } = recorder(programs.directory);
    configured(repo, program);
    repo.git('config', '--unset', 'filter.x.process');
    repo.git('config', 'filter.x.clean', program('filter.x.clean'));
    repo.write('file', 'y');
    await using repository = await openRepository(repo.directory);
    expect(await repository.dirtyPaths()).toEqual(['file']);
    expect(ran().filter((name) => name !== 'filter.x.clean')).toEqual([]);
  });
});

suite('a git directory among the files of a repository', () => {
  /** What a commit can bring: a bare repository as plain files. */
  function nested(repo: Sample, program: (name: string) => string): string {
    repo.commit('one');
    const sdk = join(repo.directory, 'sdk');
    repo.git('clone', '--quiet', '--bare', '--template=', repo.directory, sdk);
    for (const key of KEYS) gitIn(sdk, '--git-dir=.', 'config', key, program(key));
    return sdk;
  }

  it.each([
    ['bare', []],
    ['with a working tree elsewhere', ['core.worktree', '..']],
  ])('is not opened, %s, and runs nothing', async (_, setting) => {
    using repo = sample();
    using programs = folder();
    const { program, ran } = recorder(programs.directory);
    const sdk = nested(repo, program);
    if (setting.length > 0) {
      gitIn(sdk, '--git-dir=.', 'config', 'core.bare', 'false');
      gitIn(sdk, '--git-dir=.', 'config', ...setting);
    }
    for (const path of [sdk, join(sdk, 'objects')])
      expect(await codeOf(openRepository(path))).toBe('nested-repository');
    expect(ran()).toEqual([]);
    rmSync(join(repo.directory, '.git'), { recursive: true });
    // Alone, it is somebody's bare repository.
    await using repository = await openRepository(sdk);
    expect(repository.gitDirectory).toBe(sdk);
  });

  it('does not hinder the repository around it', async () => {
    using repo = sample();
    using programs = folder();
    nested(repo, recorder(programs.directory).program);
    await using repository = await openRepository(repo.directory);
    expect(await repository.dirtyPaths()).toEqual(['sdk/']);
  });
});
