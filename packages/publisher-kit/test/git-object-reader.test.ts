import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { folder, sample } from './git/sample.ts';

const suite = needs('git');

suite('the process that answers reads', () => {
  it('is one for many reads, ends on close, and then reads nothing more', async () => {
    using repo = sample();
    for (let n = 0; n < 50; n++) repo.write(`d${n}/f`, String(n));
    const sha = repo.commit('one');
    const repository = await openRepository(repo.directory);
    expect(children()).toEqual([]);
    const tree = repository.source(await repository.resolve(sha));
    expect(
      await Promise.all(Array.from({ length: 50 }, (_, n) => tree.readText(`d${n}/f`))),
    ).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
    expect(children()).toHaveLength(1);
    await repository.close();
    expect(children()).toEqual([]);
    await expect(repository.resolve('main')).rejects.toThrow('closed');
  });

  it('is replaced when someone kills it, and what it owed is rejected', async () => {
    using repo = sample();
    const sha = repo.commit('one');
    await using repository = await openRepository(repo.directory);
    await repository.resolve('main');
    const [pid] = children();
    process.kill(Number(pid), 'SIGSTOP');
    const owed = repository.resolve(sha).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    process.kill(Number(pid), 'SIGKILL');
    expect(await owed).toMatchObject({
      name: 'GitError',
      message: 'git cat-file --batch ended early: ended by SIGKILL',
    });
    expect(await repository.resolve('main')).toBe(sha);
    expect(repo.git('status', '--porcelain')).toBe('');
    expect(existsSync(join(repo.directory, '.git/index.lock'))).toBe(false);
  });

  it('is asked again for what it owed: no failure is remembered', async () => {
    using repo = sample();
    repo.write('dir/file', 'x');
    repo.commit('one');
    await using repository = await openRepository(repo.directory);
    const source = repository.source(await repository.resolve('main'));
    const [pid] = children();
    process.kill(Number(pid), 'SIGSTOP');
    const owed = Promise.all([source.list(''), source.readText('dir/file')]).catch(
      (error: unknown) => error,
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.kill(Number(pid), 'SIGKILL');
    expect(await owed).toMatchObject({ name: 'GitError' });
    expect([(await source.list('')).length, await source.readText('dir/file')]).toEqual([1, 'x']);
  });

  it('says how it ended when git says nothing, and git’s own words otherwise', async () => {
    using repo = sample();
    const sha = repo.commit('one');
    using git = fakeGit();
    await using repository = await openRepository(repo.directory, { env: git.env });
    git.becomes('exit 3');
    await expect(repository.commitTime(sha)).rejects.toThrow(
      'git cat-file --batch ended early: exit code 3',
    );
    git.becomes(`echo 'fatal: disk on fire' >&2; exit 128`);
    await expect(repository.commitTime(sha)).rejects.toThrow(
      'ended early: exit code 128: fatal: disk on fire',
    );
  });

  it('has the environment that the repository was opened with', async () => {
    using repo = sample();
    const sha = repo.commit('one');
    using git = fakeGit();
    await using repository = await openRepository(repo.directory, {
      env: { ...git.env, LC_TIME: 'ours', NPM_TOKEN: 'never' },
    });
    const seen = join(git.directory, 'seen');
    git.becomes(`(echo "$*"; env) > '${seen}'; exec ${git.real} "$@"`);
    await repository.commitTime(sha);
    const lines = readFileSync(seen, 'utf8').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining(['cat-file --batch', 'LC_TIME=ours', 'GIT_NO_REPLACE_OBJECTS=1']),
    );
    expect(lines).not.toContain('NPM_TOKEN=never');
  });

  it('does not keep a program running that forgot to close', () => {
    using repo = sample();
    repo.commit('one');
    const script = `const { openRepository } = await import(${JSON.stringify(new URL('../src/git/index.ts', import.meta.url).href)});
      const r = await openRepository(${JSON.stringify(repo.directory)}); console.log(await r.resolve('main'));`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 20_000,
    });
    expect({ status: ended.status, stderr: ended.stderr.toString() }).toEqual({
      status: 0,
      stderr: '',
    });
    expect(ended.stdout.toString().trim()).toBe(repo.git('rev-parse', 'main'));
  });

  it('refuses an object whose bytes do not give its id', async () => {
    using repo = sample();
    repo.write('file', 'right');
    repo.commit('one');
    repo.write('file', 'wrong');
    repo.commit('two');
    const [right = '', wrong = ''] = ['HEAD~1:file', 'HEAD:file'].map((name) =>
      repo.git('rev-parse', name),
    );
    const path = (id: string): string =>
      join(repo.directory, '.git/objects', id.slice(0, 2), id.slice(2));
    repo.git('checkout', '--quiet', '--detach', 'HEAD~1');
    spawnSync('cp', ['-f', path(wrong), path(right)]);
    await using repository = await openRepository(repo.directory);
    const source = repository.source(await repository.resolve('HEAD'));
    await expect(source.readText('file')).rejects.toThrow('damaged');
  });
});

/** A program `git` that does what it is told; at first what the real one does. */
function fakeGit(): ReturnType<typeof folder> & {
  readonly env: NodeJS.ProcessEnv;
  readonly real: string;
  becomes(script: string): void;
} {
  const place = folder();
  const real = spawnSync('sh', ['-c', 'command -v git']).stdout.toString().trim();
  const becomes = (script: string): void =>
    writeFileSync(join(place.directory, 'git'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  becomes(`exec ${real} "$@"`);
  const env = { PATH: `${place.directory}:/usr/bin:/bin`, HOME: place.directory };
  return { ...place, env, real, becomes, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

/** Process ids of this process's direct children that are `git cat-file`. */
function children(): readonly string[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]);
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line.includes('cat-file') && !line.includes('defunct'))
    .map((line) => line.trim().split(' ')[0] ?? '');
}
