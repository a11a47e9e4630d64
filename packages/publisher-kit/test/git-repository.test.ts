import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { InvalidInputError, parseSha } from '@ameide/versioning-core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { tryGit } from '../src/git/git-command.ts';
import { openRepository, refuseShallow } from '../src/git/index.ts';
import { createProcesses } from '../src/process/create-processes.ts';
import { gitIn } from './checkout/support.ts';
import { codeOf, folder, sample } from './git/sample.ts';

const suite = needs('git');

suite('opening', () => {
  it('finds the repository from a directory inside it', async () => {
    using repo = sample();
    repo.write('a/b/file', 'x');
    const sha = repo.commit('one');
    await using repository = await openRepository(join(repo.directory, 'a/b'));
    expect(repository).toMatchObject({
      root: repo.directory,
      gitDirectory: join(repo.directory, '.git'),
    });
    expect(await repository.resolve('HEAD')).toBe(sha);
    expect(await repository.currentBranch()).toBe('refs/heads/main');
    repo.git('checkout', '--quiet', '--detach');
    await using detached = await openRepository(repo.directory);
    expect(await detached.currentBranch()).toBeUndefined();
    expect(await detached.resolve('HEAD')).toBe(sha);
  });

  it('says when there is no repository, and when the directory is missing', async () => {
    using empty = folder();
    expect(await codeOf(openRepository(empty.directory))).toBe('not-a-repository');
    await expect(openRepository(join(empty.directory, 'none'))).rejects.toThrow(
      'directory: expected an existing folder',
    );
    expect(await codeOf(openRepository(join(empty.directory, 'none')))).toBe('invalid-input');
  });

  it('opens a bare repository and a linked worktree', async () => {
    using repo = sample();
    const sha = repo.commit('one');
    using other = folder();
    repo.git('worktree', 'add', '--quiet', '--detach', join(other.directory, 'tree'), sha);
    repo.git('clone', '--quiet', '--bare', repo.directory, join(other.directory, 'bare.git'));
    for (const path of ['tree', 'bare.git']) {
      await using repository = await openRepository(join(other.directory, path));
      expect(repository.root).toBe(join(other.directory, path));
      expect(await repository.commitTime(sha)).toBe(1763047931);
      expect(await repository.dirtyPaths()).toEqual([]);
    }
  });

  it('opens a git directory whose working tree is elsewhere', async () => {
    using repo = sample();
    repo.write('file', 'x');
    const sha = repo.commit('one');
    using other = folder();
    const gitDirectory = join(other.directory, 'git "dir"\n');
    renameSync(join(repo.directory, '.git'), gitDirectory);
    gitIn(gitDirectory, '--git-dir=.', 'config', 'core.worktree', repo.directory);
    await using repository = await openRepository(gitDirectory);
    expect(repository).toMatchObject({ root: repo.directory, gitDirectory });
    expect(await repository.resolve('HEAD')).toBe(sha);
    expect(await repository.dirtyPaths()).toEqual([]);
    repo.write('file', 'y');
    expect(await repository.dirtyPaths()).toEqual(['file']);
  });

  it('says all that git says of a format that it does not know', async () => {
    using repo = sample();
    repo.git('config', 'core.repositoryFormatVersion', '1');
    repo.git('config', 'extensions.later', 'true');
    await expect(openRepository(repo.directory)).rejects.toMatchObject({
      hint: 'git says: fatal: unknown repository extension found: later',
    });
  });

  it('looks at nothing that a git hook has in its environment', async () => {
    using repo = sample();
    repo.write('file', 'x');
    const sha = repo.commit('one');
    const names = ['DIR', 'WORK_TREE', 'INDEX_FILE', 'OBJECT_DIRECTORY', 'COMMON_DIR', 'EXEC_PATH'];
    for (const name of names) vi.stubEnv(`GIT_${name}`, '/nonexistent');
    onTestFinished(() => void vi.unstubAllEnvs());
    await using repository = await openRepository(repo.directory);
    expect(await repository.resolve('HEAD')).toBe(sha);
    expect(await repository.dirtyPaths()).toEqual([]);
    using target = folder();
    expect((await repository.checkout(parseSha(sha), target.directory)).value).toEqual([]);
    expect(readFileSync(join(target.directory, 'file'), 'utf8')).toBe('x');
  });

  it.runIf(process.getuid?.() === 0)(
    'says what to do about a repository of another user',
    async () => {
      using repo = sample();
      chownSync(repo.directory, 12345, 12345);
      chownSync(join(repo.directory, '.git'), 12345, 12345);
      const error: unknown = await openRepository(repo.directory, {
        env: { PATH: process.env['PATH'], HOME: repo.directory },
      }).catch((e: unknown) => e);
      expect(error).toMatchObject({
        code: 'unsafe-repository',
        hint: expect.stringContaining('safe.directory') as string,
      });
    },
  );

  it('says when git is missing', async () => {
    using repo = sample();
    expect(await codeOf(openRepository(repo.directory, { env: { PATH: '/nonexistent' } }))).toBe(
      'git-missing',
    );
  });
});

const NAMES =
  `-flag --output=x a..b main@{1} @ HEAD~1 HEAD^ HEAD:file x.lock a\\b /main main/ .git a//b x/.y a.`
    .split(' ')
    .concat('', 'a b', 'a\nb', '\u202Emain');

suite('resolving', () => {
  it('takes branches, tags of both kinds, full refs and abbreviations', async () => {
    using repo = sample();
    const first = repo.commit('one');
    repo.git('tag', 'light');
    repo.git('tag', '-a', 'annotated', '-m', 'tag');
    repo.git('tag', '-a', 'nested', '-m', 'tag of a tag', 'annotated');
    const second = repo.commit('two');
    await using repository = await openRepository(repo.directory);
    for (const name of [
      'light',
      'annotated',
      'nested',
      'refs/tags/nested',
      first,
      first.slice(0, 10),
      repo.git('rev-parse', 'annotated'),
    ]) {
      expect(await repository.resolve(name)).toBe(first);
    }
    expect(await repository.resolve('main')).toBe(second);
  });

  it('refuses names that could be read as something else, before git sees them', async () => {
    using repo = sample();
    repo.commit('one');
    repo.commit('two');
    await using repository = await openRepository(repo.directory);
    for (const name of NAMES) {
      await expect(repository.resolve(name)).rejects.toMatchObject({
        name: 'InvalidInputError',
        field: 'ref',
        code: 'invalid-input',
      });
    }
  });

  it('runs nothing for a name that a shell would run', async () => {
    using repo = sample();
    const sha = repo.commit('one');
    const name = '$(touch${IFS}pwned)`id`;x';
    repo.git('branch', name);
    await using repository = await openRepository(repo.directory);
    expect(await repository.resolve(name)).toBe(sha);
    expect(existsSync(join(repo.directory, 'pwned'))).toBe(false);
  });

  it('refuses a name that a tag and a branch share, when they differ', async () => {
    using repo = sample();
    repo.commit('one');
    repo.git('tag', 'v0.1.0');
    repo.git('checkout', '--quiet', '-b', 'v0.1.0');
    await using repository = await openRepository(repo.directory);
    expect(await repository.resolve('v0.1.0')).toBe(repo.git('rev-parse', 'refs/heads/v0.1.0'));
    const moved = repo.commit('two');
    expect(await codeOf(repository.resolve('v0.1.0'))).toBe('ambiguous-ref');
    expect(await repository.resolve('refs/heads/v0.1.0')).toBe(moved);
  });

  it('refuses what is no commit: a tree, a blob, a tag of a tree, an unknown id', async () => {
    using repo = sample();
    repo.write('file', 'x');
    repo.commit('one');
    repo.git('tag', 'of-a-tree', 'HEAD^{tree}');
    await using repository = await openRepository(repo.directory);
    for (const name of [
      repo.git('rev-parse', 'HEAD^{tree}'),
      repo.git('rev-parse', 'HEAD:file'),
      'of-a-tree',
      'f'.repeat(40),
      'nothing',
    ]) {
      await expect(repository.resolve(name)).rejects.toBeInstanceOf(InvalidInputError);
    }
    await expect(repository.commitTime(repo.git('rev-parse', 'HEAD^{tree}'))).rejects.toMatchObject(
      { field: 'sha' },
    );
    await expect(repository.commitTime('HEAD')).rejects.toMatchObject({ field: 'sha' });
  });

  it('ignores replace refs: an id shows what it shows everywhere', async () => {
    using repo = sample();
    const real = repo.commit('real', '1000000000 +0000');
    const forged = repo.commit('forged', '2000000000 +0000');
    repo.git('replace', real, forged);
    await using repository = await openRepository(repo.directory);
    expect(await repository.commitTime(real)).toBe(1000000000);
  });
});

suite('times and tags', () => {
  it('gives committer time as Unix seconds, whatever the time zone', async () => {
    using repo = sample();
    const sha = repo.commit('in India', '1763047931 +0530');
    repo.git('tag', '-a', 'v1', '-m', 'x');
    await using repository = await openRepository(repo.directory);
    expect(await repository.commitTime(sha)).toBe(1763047931);
    expect(await repository.commitTime(await repository.resolve('v1'))).toBe(1763047931);
  });

  it('lists merged tags with the commits they peel to, and none of other branches', async () => {
    using repo = sample();
    const first = repo.commit('one');
    repo.git('tag', 'v0.1.0');
    repo.git('tag', '-a', 'sdk/go/v0.1.0', '-m', 'annotated');
    repo.git('tag', '-a', 'nested', '-m', 'tag of a tag', 'sdk/go/v0.1.0');
    repo.git('tag', 'tree', 'HEAD^{tree}');
    repo.git('checkout', '--quiet', '-b', 'side');
    repo.commit('aside');
    repo.git('tag', 'v9.0.0');
    repo.git('checkout', '--quiet', 'main');
    const second = repo.commit('two');
    repo.git('tag', 'v0.2.0');
    await using repository = await openRepository(repo.directory);
    expect(await repository.tagsAt(second)).toEqual(['v0.2.0']);
    expect(await repository.tagsAt(first)).toEqual(['nested', 'sdk/go/v0.1.0', 'v0.1.0']);
    expect(await repository.source(await repository.resolve(second)).ancestorTags()).toEqual([
      { tag: 'nested', sha: first },
      { tag: 'sdk/go/v0.1.0', sha: first },
      { tag: 'v0.1.0', sha: first },
      { tag: 'v0.2.0', sha: second },
    ]);
  });
});

suite('history', () => {
  it('tells how two commits stand to each other, by ids or their first digits', async () => {
    using repo = sample();
    const root = repo.commit('one');
    repo.git('checkout', '--quiet', '-b', 'side');
    const side = repo.commit('aside');
    repo.git('checkout', '--quiet', 'main');
    const tip = repo.commit('two');
    repo.git('branch', 'abcdef123456', side);
    await using repository = await openRepository(repo.directory);
    const history = repository.history();
    const relation = (a: string, b: string): ReturnType<typeof history.relation> =>
      history.relation(a, b);
    expect(await relation(root, tip)).toBe('ancestor');
    expect(await relation(tip, root)).toBe('descendant');
    expect(await relation(side, tip)).toBe('diverged');
    expect(await relation(tip, tip)).toBe('same');
    expect(await relation(root.slice(0, 12), tip)).toBe('ancestor');
    expect(await relation('f'.repeat(40), tip)).toBe('unknown');
    for (const odd of [
      'abcdef123456',
      'main',
      '',
      '-x',
      'a\nb',
      repo.git('rev-parse', 'HEAD^{tree}'),
    ])
      expect(await relation(odd, tip)).toBe('unknown');
  });

  it('knows nothing in a shallow clone, and refuses to list tags there', async () => {
    using repo = sample();
    const first = repo.commit('one');
    repo.git('tag', 'v0.1.0');
    const second = repo.commit('two');
    using other = folder();
    const clone = join(other.directory, 'clone');
    repo.git('clone', '--quiet', '--depth=1', `file://${repo.directory}`, clone);
    await using repository = await openRepository(clone);
    expect(await repository.isShallow()).toBe(true);
    expect(await repository.history().relation(first, second)).toBe('unknown');
    expect(await repository.history().relation(second, second)).toBe('same');
    await expect(refuseShallow(repository)).rejects.toMatchObject({
      code: 'shallow-clone',
      hint: expect.stringContaining('fetch-depth: 0') as string,
    });
    expect(await codeOf(repository.source(parseSha(second)).ancestorTags())).toBe('shallow-clone');
    await expect(repository.resolve('v0.1.0')).rejects.toMatchObject({
      hint: expect.stringContaining('fetch-depth: 0') as string,
    });
    await using full = await openRepository(repo.directory);
    await expect(refuseShallow(full)).resolves.toBeUndefined();
  });
});

suite('the working tree', () => {
  it('lists what differs from HEAD, and leaves the index as it is', async () => {
    using repo = sample();
    repo.write('.gitignore', 'ignored\n');
    repo.write('changed', '1');
    repo.write('renamed', 'the same text');
    repo.commit('one');
    await using repository = await openRepository(repo.directory);
    expect(await repository.dirtyPaths()).toEqual([]);
    repo.write('changed', '2');
    repo.write('with space/ü', 'x');
    repo.write('ignored', 'x');
    repo.git('mv', 'renamed', 'moved');
    const index = join(repo.directory, '.git/index');
    const before = [readFileSync(index), statSync(index).mtimeMs];
    expect([...(await repository.dirtyPaths())].toSorted()).toEqual([
      'changed',
      'moved',
      'renamed',
      'with space/',
    ]);
    expect([readFileSync(index), statSync(index).mtimeMs]).toEqual(before);
  });

  it('starts no hook and no fsmonitor that the repository configures', async () => {
    using repo = sample();
    repo.write('file', 'x');
    repo.commit('one');
    const proof = join(repo.directory, '.git/started');
    for (const hook of ['post-index-change', 'fsmonitor']) {
      mkdirSync(join(repo.directory, '.git/hooks'), { recursive: true });
      writeFileSync(join(repo.directory, '.git/hooks', hook), `#!/bin/sh\ntouch '${proof}'\n`, {
        mode: 0o755,
      });
    }
    repo.git('config', 'core.fsmonitor', join(repo.directory, '.git/hooks/fsmonitor'));
    await using repository = await openRepository(repo.directory);
    await repository.dirtyPaths();
    expect(existsSync(proof)).toBe(false);
    repo.git('status');
    expect(existsSync(proof), 'the hook would have started').toBe(true);
  });

  it('has git say nothing of the settings that it is given', async () => {
    using repo = sample();
    repo.commit('one');
    const result = await tryGit(['log', '--format=%s'], {
      processes: createProcesses(),
      directory: repo.directory,
    });
    expect([result.stdoutText, result.stderrText]).toEqual(['one\n', '']);
  });

  it('gives the remote as a web address', async () => {
    using repo = sample();
    await using repository = await openRepository(repo.directory);
    expect(await repository.remoteUrl()).toBeUndefined();
    repo.git('remote', 'add', 'origin', 'https://user:token@github.com/ameideio/Ameide.git');
    expect(await repository.remoteUrl()).toBe('https://github.com/ameideio/Ameide');
  });
});
