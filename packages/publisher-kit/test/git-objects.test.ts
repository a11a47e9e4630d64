import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import {
  type CommitInput,
  commitId,
  createGitRemote,
  createObjectStore,
} from '../src/git/index.ts';
import { folder, sample } from './git/sample.ts';

const suite = needs('git');

const MESSAGES = [
  'one line',
  'subject\n\nbody\n\nSource-Commit: 71e210beab37b68546d56dceccba18f09264ecc3\n',
  'ends in two\n\n',
  '日本 – ünïcode',
  ' leading space',
];

function commit(tree: string, over: Partial<CommitInput> = {}): CommitInput {
  const author = { name: 'Ada Lovelace', email: 'ada@example.org', time: 1763047931 };
  return {
    tree,
    parents: [],
    author,
    committer: { name: 'Mirror ünï', email: 'mirror@example.org', time: 1763050000 },
    message: 'Mirror\n',
    ...over,
  };
}

suite('commit objects', () => {
  it.each(['sha1', 'sha256'] as const)(
    'have the id that git commit-tree gives (%s)',
    async (format) => {
      using repo = sample(`--object-format=${format}`);
      repo.write('sdk/go.mod', 'module example.org/sdk\n');
      const parent = repo.commit('one');
      const tree = repo.git('rev-parse', 'HEAD:sdk');
      using space = folder();
      const store = await createObjectStore(
        join(repo.directory, '.git'),
        join(space.directory, 'store.git'),
      );
      expect(store.format).toBe(format);
      for (const message of MESSAGES) {
        for (const parents of [[], [parent]]) {
          const input = commit(tree, { message, parents });
          const env = {
            GIT_AUTHOR_NAME: input.author.name,
            GIT_AUTHOR_EMAIL: input.author.email,
            GIT_AUTHOR_DATE: `${input.author.time} +0000`,
            GIT_COMMITTER_NAME: input.committer.name,
            GIT_COMMITTER_EMAIL: input.committer.email,
            GIT_COMMITTER_DATE: `${input.committer.time} +0000`,
          };
          const text = message.endsWith('\n') ? message : `${message}\n`;
          const expected = repo.gitWith(
            { env, input: text },
            'commit-tree',
            tree,
            ...parents.flatMap((one) => ['-p', one]),
          );
          expect(commitId(input, format)).toBe(expected);
          expect(await store.writeCommit(input)).toBe(expected);
        }
      }
    },
  );

  it('refuse what the format cannot hold', () => {
    const tree = 'a'.repeat(40);
    const who = { name: 'Ada', email: 'a@b', time: 1 };
    for (const over of [
      { tree: 'HEAD' },
      { parents: ['main'] },
      { message: '' },
      { message: 'a\0b' },
      { author: { ...who, name: 'A <x>' } },
      { author: { ...who, name: '' } },
      { committer: { ...who, email: 'a\nb' } },
      { committer: { ...who, time: 1.5 } },
      { committer: { ...who, time: -1 } },
    ]) {
      expect(() => commitId(commit(tree, over))).toThrow(
        expect.objectContaining({ name: 'InvalidInputError' }) as Error,
      );
    }
  });
});

suite('an object store', () => {
  it('writes beside the source repository, never into it, and pushes what the two hold together', async () => {
    using repo = sample();
    repo.write('sdk/go.mod', 'module example.org/sdk\n');
    repo.commit('one');
    repo.git('gc', '--quiet');
    const files = (): readonly string[] =>
      readdirSync(join(repo.directory, '.git'), { recursive: true, encoding: 'utf8' }).toSorted();
    const before = files();
    const tree = repo.git('rev-parse', 'HEAD:sdk');
    using space = folder();
    const store = await createObjectStore(
      join(repo.directory, '.git'),
      join(space.directory, 'store.git'),
    );
    const sha = await store.writeCommit(commit(tree));
    expect(files()).toEqual(before);
    using bare = sample('--bare');
    const pushed = await createGitRemote({ url: bare.directory }).push(store.gitDirectory, [
      { ref: 'refs/heads/main', sha, expect: null },
    ]);
    expect(pushed).toEqual({ results: [{ ref: 'refs/heads/main', outcome: 'ok' }] });
    expect(bare.git('show', 'main:go.mod')).toBe('module example.org/sdk');
    expect(bare.git('fsck', '--strict')).toBe('');
  });

  it('finds the objects of a linked worktree', async () => {
    using repo = sample();
    repo.write('sdk/go.mod', 'module example.org/sdk\n');
    repo.commit('one');
    using space = folder();
    repo.git('worktree', 'add', '--quiet', '--detach', join(space.directory, 'tree'));
    const store = await createObjectStore(
      join(repo.directory, '.git/worktrees/tree'),
      join(space.directory, 'store.git'),
    );
    expect(readFileSync(join(store.gitDirectory, 'objects/info/alternates'), 'utf8')).toBe(
      `${join(repo.directory, '.git/objects')}\n`,
    );
    await expect(store.writeCommit(commit(repo.git('rev-parse', 'HEAD:sdk')))).resolves.toMatch(
      /^[0-9a-f]{40}$/,
    );
  });
});
