import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { codeOf, type Sample, sample } from './git/sample.ts';

const suite = needs('git');

/** Two commits: the branch is on the second. */
function twoCommits(): Sample & { readonly first: string; readonly second: string } {
  const repo = sample();
  const first = repo.commit('one');
  return Object.assign(repo, { first, second: repo.commit('two') });
}

/** The commit that a name gives, or the message of the refusal. */
async function resolved(repo: Sample, name: string): Promise<string> {
  await using repository = await openRepository(repo.directory);
  return await repository.resolve(name).catch((error: Error) => error.message);
}

suite('a full ref means that ref alone', () => {
  it.each([
    ['refs/heads/trunk', 'refs/tags/refs/heads/trunk'],
    ['refs/heads/trunk', 'refs/heads/refs/heads/trunk'],
    ['refs/heads/trunk', 'refs/remotes/refs/heads/trunk'],
    ['refs/heads/trunk', 'refs/remotes/refs/heads/trunk/HEAD'],
    ['refs/heads/trunk', 'refs/heads/trunk/below'],
    ['refs/tags/v0.1.0', 'refs/heads/refs/tags/v0.1.0'],
    ['refs/tags/v0.1.0', 'refs/tags/refs/tags/v0.1.0'],
    ['refs/remotes/origin/main', 'refs/tags/refs/remotes/origin/main'],
    ['refs/remotes/origin/main', 'refs/heads/refs/remotes/origin/main'],
    ['refs/heads/Trunk', 'refs/heads/trunk'],
  ])('%s is not %s', async (wanted, present) => {
    using repo = twoCommits();
    repo.git('update-ref', present, repo.first);
    expect(await resolved(repo, wanted)).toContain('the name of a commit in this repository');
    repo.git('pack-refs', '--all');
    expect(await resolved(repo, wanted)).toContain('the name of a commit in this repository');
    expect(await resolved(repo, present)).toBe(repo.first);
  });

  it('and is taken for no description of a commit, as git takes it', async () => {
    using repo = twoCommits();
    const name = `refs/heads/release-g${repo.first.slice(0, 7)}`;
    expect(repo.git('rev-parse', '--verify', name)).toBe(repo.first);
    expect(await resolved(repo, name)).toContain('the name of a commit in this repository');
    expect(await resolved(repo, `release-g${repo.first.slice(0, 7)}`)).toContain('expected');
  });

  it('also where it is symbolic, and for a tag of a tag', async () => {
    using repo = twoCommits();
    repo.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/heads/main');
    repo.git('tag', '-a', 'inner', '-m', 'x', repo.first);
    repo.git('tag', '-a', 'refs/tags/odd', '-m', 'x', 'inner');
    expect(await resolved(repo, 'refs/remotes/origin/HEAD')).toBe(repo.second);
    expect(await resolved(repo, 'origin')).toBe(repo.second);
    expect(await resolved(repo, 'refs/tags/refs/tags/odd')).toBe(repo.first);
    await using repository = await openRepository(repo.directory);
    expect(await repository.tagsAt(repo.first)).toEqual(['inner', 'refs/tags/odd']);
  });
});

suite('HEAD', () => {
  it('is what is checked out, whatever else has that name', async () => {
    using repo = twoCommits();
    for (const ref of ['refs/heads/HEAD', 'refs/tags/HEAD', 'refs/HEAD'])
      repo.git('update-ref', ref, repo.first);
    expect(await resolved(repo, 'HEAD')).toBe(repo.second);
    repo.git('symbolic-ref', 'HEAD', 'refs/heads/unborn');
    expect(repo.git('rev-parse', '--verify', 'HEAD^{commit}')).toBe(repo.first);
    expect(await resolved(repo, 'HEAD')).toContain('the name of a commit');
    await using repository = await openRepository(repo.directory);
    expect(await repository.currentBranch()).toBe('refs/heads/unborn');
  });

  it.each(['refs/heads/HEAD', 'refs/tags/HEAD', 'refs/remotes/HEAD/HEAD', 'refs/HEAD'])(
    'before the first commit is not %s',
    async (ref) => {
      using repo = twoCommits();
      repo.git('update-ref', ref, repo.first);
      repo.git('symbolic-ref', 'HEAD', 'refs/heads/unborn');
      expect(await resolved(repo, 'HEAD')).toContain('the name of a commit');
    },
  );

  it('that names a tag names no branch', async () => {
    using repo = twoCommits();
    repo.git('tag', 'v0.1.0');
    repo.git('symbolic-ref', 'HEAD', 'refs/tags/v0.1.0');
    await using repository = await openRepository(repo.directory);
    expect(await repository.currentBranch()).toBeUndefined();
    expect(await repository.resolve('HEAD')).toBe(repo.second);
  });
});

suite('a short name', () => {
  it.each(['refs/main', 'refs/tags/main', 'refs/remotes/main', 'refs/remotes/main/HEAD'])(
    'that %s shares with a branch is refused, unless both name one commit',
    async (ref) => {
      using repo = twoCommits();
      repo.git('update-ref', ref, repo.second);
      expect(await resolved(repo, 'main')).toBe(repo.second);
      repo.git('update-ref', ref, repo.first);
      await using repository = await openRepository(repo.directory);
      expect(await codeOf(repository.resolve('main'))).toBe('ambiguous-ref');
    },
  );

  it('that is also a branch called like a path of refs is refused', async () => {
    using repo = twoCommits();
    repo.git('update-ref', 'refs/heads/heads/main', repo.first);
    await using repository = await openRepository(repo.directory);
    expect(await codeOf(repository.resolve('heads/main'))).toBe('ambiguous-ref');
  });
});

suite('an id', () => {
  it('is no ref, and its first digits are no ref that names another commit', async () => {
    using repo = twoCommits();
    const digits = repo.first.slice(0, 8);
    repo.git('update-ref', `refs/heads/${repo.first}`, repo.second);
    expect(await resolved(repo, repo.first)).toBe(repo.first);
    expect(await resolved(repo, digits)).toBe(repo.first);
    expect(await resolved(repo, digits.toUpperCase())).toBe(repo.first);
    repo.git('update-ref', `refs/heads/${digits}`, repo.second);
    await using repository = await openRepository(repo.directory);
    expect(await codeOf(repository.resolve(digits))).toBe('ambiguous-ref');
    // Registries name commits by their first digits: a branch of that name must not hide one.
    expect(await repository.history().relation(digits, repo.second)).toBe('ancestor');
  });

  it('of which only a ref has the name is unknown', async () => {
    using repo = twoCommits();
    const unknown = 'f'.repeat(40);
    repo.git('update-ref', `refs/tags/${unknown}`, repo.first);
    expect(await resolved(repo, unknown)).toContain('the name of a commit in this repository');
  });
});

suite('grafts and replaced commits', () => {
  it('do not change what is an ancestor', async () => {
    using repo = twoCommits();
    repo.git('checkout', '--quiet', '--orphan', 'foreign');
    const foreign = repo.commit('foreign');
    repo.git('replace', '--graft', repo.second, foreign);
    repo.write('.git/info/grafts', `${repo.second} ${foreign}\n`);
    expect(repo.git('merge-base', foreign, repo.second)).toBe(foreign);
    await using repository = await openRepository(repo.directory);
    const history = repository.history();
    expect(await history.relation(foreign, repo.second)).toBe('diverged');
    expect(await history.relation(repo.first, repo.second)).toBe('ancestor');
  });
});
