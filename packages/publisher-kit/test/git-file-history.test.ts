import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { folder, type Sample, sample } from './git/sample.ts';

const suite = needs('git');

/** The commits that changed a file, each as `<subject> <path>`. */
async function history(repo: Pick<Sample, 'directory'>, path: string): Promise<readonly string[]> {
  await using repository = await openRepository(repo.directory);
  const changes = await repository.fileHistory(path);
  return await Promise.all(
    changes.map(async (change) => `${await repository.subject(change.sha)}: ${change.path}`),
  );
}

/** Long enough that git sees a rename when a line changes. */
const TEXT = Array.from({ length: 12 }, (_, n) => `line ${n}\n`).join('');

let seconds = 1763047931;
function commit(repo: Sample, message: string): string {
  seconds += 60;
  return repo.commit(message, `${seconds} +0000`);
}

suite('the history of a file', () => {
  it('has the commits that changed it, the newest first', async () => {
    using repo = sample();
    repo.write('a.yaml', '1');
    const first = commit(repo, 'one');
    repo.write('b.yaml', '1');
    commit(repo, 'another file');
    repo.write('a.yaml', '2');
    const second = commit(repo, 'two');
    commit(repo, 'nothing');
    await using repository = await openRepository(repo.directory);
    expect(await repository.fileHistory('a.yaml')).toEqual([
      { sha: second, path: 'a.yaml' },
      { sha: first, path: 'a.yaml' },
    ]);
  });

  it('goes back through renames, also of folders and with changes', async () => {
    using repo = sample();
    repo.write('old/name.yaml', TEXT);
    commit(repo, 'one');
    repo.git('mv', 'old', 'new');
    commit(repo, 'folder');
    repo.git('mv', 'new/name.yaml', 'new/other.yaml');
    repo.write('new/other.yaml', TEXT.replace('line 3', 'line three'));
    commit(repo, 'file');
    repo.write('new/other.yaml', TEXT);
    commit(repo, 'content');
    expect(await history(repo, 'new/other.yaml')).toEqual([
      'content: new/other.yaml',
      'file: new/other.yaml',
      'folder: new/name.yaml',
      'one: old/name.yaml',
    ]);
  });

  it('ends where the file was copied from one that stayed', async () => {
    using repo = sample();
    repo.write('staging.yaml', TEXT);
    commit(repo, 'one');
    repo.write('staging.yaml', `${TEXT}two\n`);
    commit(repo, 'two');
    repo.write('production.yaml', `${TEXT}two\n`);
    commit(repo, 'copied');
    repo.write('production.yaml', `${TEXT}three\n`);
    commit(repo, 'three');
    expect(await history(repo, 'production.yaml')).toEqual([
      'three: production.yaml',
      'copied: production.yaml',
    ]);
  });

  it('has the commit that deleted it, and from before it came back', async () => {
    using repo = sample();
    repo.write('a.yaml', '1');
    commit(repo, 'one');
    repo.git('rm', '--quiet', 'a.yaml');
    commit(repo, 'deleted');
    repo.write('a.yaml', '2');
    commit(repo, 'back');
    expect(await history(repo, 'a.yaml')).toEqual([
      'back: a.yaml',
      'deleted: a.yaml',
      'one: a.yaml',
    ]);
  });

  it.each([
    'a file with spaces.yaml',
    'grüße/日本語.yaml',
    'tab\tquote"\\.yaml',
    'line\nbreak.yaml',
    '\u0001control.yaml',
    '*.yaml',
    '[a].yaml',
    '?.yaml',
    ':(glob)**.yaml',
    ':!a.yaml',
    '-p.yaml',
    '--all',
    ' leading.yaml',
    'trailing ',
  ])('reads the path %j as it is', async (path) => {
    using repo = sample();
    repo.write('a.yaml', '1');
    repo.write(path, '1');
    commit(repo, 'both');
    repo.write('a.yaml', '2');
    commit(repo, 'the other');
    repo.write(path, '2');
    commit(repo, 'it');
    expect(await history(repo, path)).toEqual([`it: ${path}`, `both: ${path}`]);
  });

  /** Commits on a branch `side`, and then merges it into main. */
  function merge(repo: Sample, commits: () => void, ...options: readonly string[]): void {
    repo.git('checkout', '--quiet', '-b', 'side');
    commits();
    repo.git('checkout', '--quiet', 'main');
    seconds += 60;
    const date = `${seconds} +0000`;
    const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    repo.gitWith({ env }, 'merge', '--quiet', '-m', 'merge', ...options, 'side');
  }

  it('has a merge as one change: what was on the branch, not the steps to it', async () => {
    using repo = sample();
    repo.write('a.yaml', TEXT);
    commit(repo, 'base');
    merge(
      repo,
      () => {
        repo.write('a.yaml', `${TEXT}first try\n`);
        commit(repo, 'first try');
        repo.write('a.yaml', `${TEXT}second try\n`);
        commit(repo, 'second try');
      },
      '--no-ff',
    );
    repo.write('a.yaml', TEXT);
    commit(repo, 'after');
    expect(await history(repo, 'a.yaml')).toEqual([
      'after: a.yaml',
      'merge: a.yaml',
      'base: a.yaml',
    ]);
  });

  it('has both sides of a merge, and what it renamed', async () => {
    using repo = sample();
    repo.write('old.yaml', TEXT);
    commit(repo, 'base');
    const side = (): void => {
      repo.git('mv', 'old.yaml', 'new.yaml');
      commit(repo, 'renamed');
      repo.git('checkout', '--quiet', 'main');
      repo.write('old.yaml', TEXT.replace('line 9\n', 'main\n'));
      commit(repo, 'main');
    };
    merge(repo, side);
    expect(await history(repo, 'new.yaml')).toEqual([
      'merge: new.yaml',
      'main: old.yaml',
      'base: old.yaml',
    ]);
  });

  it('leaves out a merge that does not change it', async () => {
    using repo = sample();
    repo.write('a.yaml', '1');
    commit(repo, 'base');
    merge(
      repo,
      () => {
        repo.write('b.yaml', '1');
        commit(repo, 'another file');
      },
      '--no-ff',
    );
    expect(await history(repo, 'a.yaml')).toEqual(['base: a.yaml']);
    expect(await history(repo, 'b.yaml')).toEqual(['merge: b.yaml']);
  });

  it('is empty for a file that was never committed', async () => {
    using repo = sample();
    repo.write('a.yaml', '1');
    commit(repo, 'one');
    repo.write('b.yaml', '1');
    expect(await history(repo, 'b.yaml')).toEqual([]);
    expect(await history(repo, 'no/such/folder/b.yaml')).toEqual([]);
  });

  it('is empty in a repository without a commit', async () => {
    using repo = sample();
    repo.write('a.yaml', '1');
    expect(await history(repo, 'a.yaml')).toEqual([]);
  });

  it('ends at HEAD, also where that is no branch', async () => {
    using repo = sample();
    repo.write('a.yaml', '1');
    const first = commit(repo, 'one');
    repo.write('a.yaml', '2');
    commit(repo, 'two');
    repo.git('checkout', '--quiet', '--detach', first);
    expect(await history(repo, 'a.yaml')).toEqual(['one: a.yaml']);
  });

  it('is read from a bare repository, a linked worktree and a folder below the root', async () => {
    using repo = sample();
    repo.write('b/a.yaml', '1');
    repo.write('b/c/file', '1');
    const sha = commit(repo, 'one');
    using other = folder();
    const at = (name: string): string => join(other.directory, name);
    repo.git('clone', '--quiet', '--bare', repo.directory, at('bare.git'));
    repo.git('worktree', 'add', '--quiet', '--detach', at('tree'), sha);
    for (const directory of [at('bare.git'), at('tree'), join(repo.directory, 'b/c')])
      expect(await history({ directory }, 'b/a.yaml')).toEqual(['one: b/a.yaml']);
  });
});

describe('the configuration of the user changes nothing', () => {
  suite('of git', () => {
    it.each([
      ['log.showRoot', 'false'],
      ['log.showSignature', 'true'],
      ['log.date', 'iso'],
      ['log.decorate', 'full'],
      ['log.diffMerges', 'first-parent'],
      ['log.follow', 'true'],
      ['diff.renames', 'false'],
      ['diff.relative', 'true'],
      ['diff.external', 'false'],
      ['diff.ignoreSubmodules', 'all'],
      ['color.ui', 'always'],
      ['core.quotePath', 'true'],
      ['format.pretty', 'fuller'],
      ['core.commentChar', ';'],
    ])('%s = %s', async (key, value) => {
      using repo = sample();
      repo.write('old.yaml', TEXT);
      commit(repo, 'one');
      repo.git('mv', 'old.yaml', 'grün.yaml');
      commit(repo, 'two');
      repo.git('config', key, value);
      expect(await history(repo, 'grün.yaml')).toEqual(['two: grün.yaml', 'one: old.yaml']);
    });
  });
});
