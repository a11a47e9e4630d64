import { existsSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { openRepository } from '../../src/git/index.ts';
import { folder, type Sample, sample } from '../git/sample.ts';
import { foretell, gitIn, layOut } from './support.ts';

const suite = needs('git');

interface Entry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** A commit with a tree that `git add` would not make. */
function craft(
  repo: Sample,
  entries: (ids: { blob: string; tree: string; link: string }) => readonly Entry[],
): string {
  const blob = repo.gitWith({ input: 'owned' }, 'hash-object', '-w', '--stdin');
  const link = repo.gitWith({ input: '/tmp' }, 'hash-object', '-w', '--stdin');
  const tree = repo.gitWith({ input: `100644 blob ${blob}\tfile\n` }, 'mktree');
  const bytes = entries({ blob, tree, link }).map(({ mode, name, id }) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
  );
  const write = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
  const root = repo.gitWith({ input: Buffer.concat(bytes) }, ...write);
  return repo.git('commit-tree', root, '-m', 'crafted');
}

/** What a commit is refused with at checkout, and in a plan. */
async function refusalsOf(repo: Sample, sha: string): Promise<readonly unknown[]> {
  const [laidOut, foretold] = await Promise.allSettled([
    layOut(repo.directory, { ref: sha }),
    foretell(repo.directory, { ref: sha }),
  ]);
  return [laidOut, foretold].map((one) => (one.status === 'rejected' ? one.reason : one.value));
}

suite('a tree that was made to do harm', () => {
  // What git itself says: see the messages of `git checkout`; of the last one it says nothing.
  const names = [
    '..',
    '.',
    '.git',
    '.GIT',
    'git~1',
    'GIT~1',
    '.git ',
    '.git. .',
    '.git::$INDEX_ALLOCATION',
    '.git\\x',
    "it's\\.git",
    'a/b',
  ];
  it.each(names)('is refused for the file name %j, at checkout and in plan', async (name) => {
    using repo = sample();
    const sha = craft(repo, ({ blob }) => [{ mode: '100644', name, id: blob }]);
    for (const problem of await refusalsOf(repo, sha)) {
      expect(problem).toMatchObject({ code: 'unsafe-path', field: 'path' });
      expect((problem as Error).message).toContain(JSON.stringify(name));
    }
  });

  it.each(['.git', '..'])('is refused for the folder name %j', async (name) => {
    using repo = sample();
    const sha = craft(repo, ({ tree }) => [{ mode: '40000', name, id: tree }]);
    for (const problem of await refusalsOf(repo, sha)) {
      expect(problem).toMatchObject({ code: 'unsafe-path' });
      expect((problem as Error).message).toContain(JSON.stringify(name));
    }
  });

  it('is refused for a link to /tmp and a folder of the same name, and nothing is written', async () => {
    using repo = sample();
    const sha = craft(repo, ({ link, tree }) => [
      { mode: '120000', name: 'a', id: link },
      { mode: '40000', name: 'a', id: tree },
    ]);
    for (const problem of await refusalsOf(repo, sha)) {
      expect(problem).toMatchObject({ code: 'unsafe-path' });
      expect((problem as Error).message).toContain('"a"');
    }
    expect(existsSync('/tmp/file')).toBe(false);
  });

  it.each([
    ['a file and a folder', '100644', '40000'],
    ['a folder and a link', '40000', '120000'],
    ['two files', '100644', '100644'],
  ])('is refused for %s of one name, of which git lays out one', async (_, first, second) => {
    using repo = sample();
    const sha = craft(repo, ({ blob, link, tree }) => {
      const ids: Record<string, string> = { '100644': blob, '40000': tree, '120000': link };
      return [first, second].map((mode) => ({ mode, name: 'a', id: ids[mode] ?? '' }));
    });
    for (const problem of await refusalsOf(repo, sha))
      expect(problem).toMatchObject({ code: 'unsafe-path', field: 'path' });
  });

  it('is no such tree for names that are one only as text', async () => {
    using repo = sample();
    const sha = craft(repo, ({ blob }) =>
      ['\u00fe', '\u00ff'].map((name) => ({ mode: '100644', name, id: blob })),
    );
    using ours = await layOut(repo.directory, { ref: sha });
    expect(gitIn(ours.directory, 'ls-files').split('\n')).toHaveLength(2);
  });

  it('is refused for a .gitmodules that is a link, as git refuses it', async () => {
    using repo = sample();
    const sha = craft(repo, ({ link }) => [{ mode: '120000', name: '.gitmodules', id: link }]);
    for (const problem of await refusalsOf(repo, sha)) {
      expect(problem).toMatchObject({ code: 'unsafe-path' });
    }
  });

  it('is refused for an empty name', async () => {
    using repo = sample();
    const sha = craft(repo, ({ blob }) => [{ mode: '100644', name: '', id: blob }]);
    for (const problem of await refusalsOf(repo, sha)) {
      expect(problem).toMatchObject({ code: 'unsafe-path' });
    }
  });
});

suite('a checkout', () => {
  it('ends when it is aborted', async () => {
    using repo = sample();
    repo.commit('one');
    using target = folder();
    await using repository = await openRepository(repo.directory);
    const signal = AbortSignal.abort(new Error('enough'));
    const sha = await repository.resolve('HEAD');
    await expect(repository.checkout(sha, target.directory, { signal })).rejects.toThrow('enough');
  });
});
