import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EarlierManifests } from '@ameide/deploy-policy';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { readManifests } from '../../src/deploy/manifest-files.ts';
import { manifestHistory } from '../../src/deploy/manifest-history.ts';
import { folder } from '../support/folder.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';

/** Commits a second later each time, or all in the same second. */
function clock(stands = false): () => string {
  let second = 10;
  return () => `2025-11-13T15:32:${stands ? second : (second += 1)}+00:00`;
}

const LONG = Array.from({ length: 10 }, (_, n) => `# line ${n}\n`).join('');

async function collect(states: AsyncIterable<EarlierManifests>): Promise<EarlierManifests[]> {
  const all: EarlierManifests[] = [];
  for await (const state of states) all.push(state);
  return all;
}

/** The history of files: for each commit its subject, and each file as `<path now>: <last line>`. */
async function history(git: GitWorld, ...paths: readonly string[]): Promise<readonly string[]> {
  const repository = await git.open();
  const { files } = await readManifests(
    paths.map((path) => join(git.directory, path)),
    undefined,
  );
  const all = await collect(manifestHistory(files, repository));
  return Promise.all(
    all.map(async ({ commit, files: then }: EarlierManifests) => {
      const shown = then.map(
        ({ path, text }) =>
          `${path.slice(git.directory.length + 1)}=${text.trimEnd().split('\n').at(-1)}`,
      );
      return [`${await repository.subject(commit)}:`, ...shown].join(' ');
    }),
  );
}

describe('the manifests, as the commits that changed them left them', () => {
  test('of one file, the newest first; what is not committed is not among them', async () => {
    const git = createGitWorld();
    const now = clock();
    for (const text of ['one', 'two', 'three']) {
      git.write('a.yaml', text);
      git.commit(text, now());
      git.write('other', text);
      git.commit('another file', now());
    }
    git.write('a.yaml', 'four');
    expect(await history(git, 'a.yaml')).toEqual([
      'three: a.yaml=three',
      'two: a.yaml=two',
      'one: a.yaml=one',
    ]);
  });

  test.each([
    ['of several seconds', false],
    ['of one second', true],
  ])('of several files: each as it was then, in commits %s', async (_, stands) => {
    const git = createGitWorld();
    const now = clock(stands);
    const steps = [
      ['a.yaml', 'a1'],
      ['a.yaml', 'a2'],
      ['b.yaml', 'b1'],
      ['c.yaml', 'c1'],
      ['b.yaml', 'b2'],
      ['a.yaml', 'a3'],
    ] as const;
    for (const [path, text] of steps) {
      git.write(path, text);
      git.commit(text, now());
    }
    expect(await history(git, 'a.yaml', 'b.yaml', 'c.yaml')).toEqual([
      'a3: a.yaml=a3 b.yaml=b2 c.yaml=c1',
      'b2: a.yaml=a2 b.yaml=b2 c.yaml=c1',
      'c1: a.yaml=a2 b.yaml=b1 c.yaml=c1',
      'b1: a.yaml=a2 b.yaml=b1',
      'a2: a.yaml=a2',
      'a1: a.yaml=a1',
    ]);
  });

  test('of several files that one commit changed: it is one state', async () => {
    const git = createGitWorld();
    const now = clock();
    for (const text of ['one', 'two']) {
      git.write('a.yaml', text);
      git.write('b.yaml', text);
      git.commit(text, now());
    }
    expect(await history(git, '.')).toEqual([
      'two: a.yaml=two b.yaml=two',
      'one: a.yaml=one b.yaml=one',
    ]);
  });

  test.each([false, true])(
    'under the names that the files have now (one second: %s)',
    async (stands) => {
      const git = createGitWorld();
      const now = clock(stands);
      git.write('old/a.yaml', `${LONG}one`);
      git.write('old/b.yaml', `b${LONG}one`);
      git.commit('one', now());
      git.git('mv', 'old', 'new and grün');
      git.commit('renamed', now());
      git.write('new and grün/a.yaml', `${LONG}two`);
      git.commit('two', now());
      expect(await history(git, 'new and grün')).toEqual([
        'two: new and grün/a.yaml=two new and grün/b.yaml=one',
        'renamed: new and grün/a.yaml=one new and grün/b.yaml=one',
        'one: new and grün/a.yaml=one new and grün/b.yaml=one',
      ]);
    },
  );

  test('without a file while it was not there', async () => {
    const git = createGitWorld();
    const now = clock();
    git.write('a.yaml', 'one');
    git.commit('one', now());
    rmSync(join(git.directory, 'a.yaml'));
    git.commit('deleted', now());
    git.write('a.yaml', 'two');
    git.commit('two', now());
    expect(await history(git, 'a.yaml')).toEqual([
      'two: a.yaml=two',
      'deleted:',
      'one: a.yaml=one',
    ]);
  });

  test('is empty for files that were never committed', async () => {
    const git = createGitWorld();
    git.write('a.yaml', 'one');
    expect(await history(git, 'a.yaml')).toEqual([]);
  });

  test('is read only as far as somebody asks', async () => {
    const git = createGitWorld();
    const now = clock();
    for (const text of ['one', 'two', 'three']) {
      git.write('a.yaml', text);
      git.commit(text, now());
    }
    const opened = await git.open();
    const read: string[] = [];
    const repository = {
      ...opened,
      source: (sha: Parameters<typeof opened.source>[0]) => {
        read.push(sha);
        return opened.source(sha);
      },
    };
    const { files } = await readManifests([join(git.directory, 'a.yaml')], undefined);
    for await (const { commit } of manifestHistory(files, repository)) {
      expect(read).toEqual([commit]);
      break;
    }
    expect(read).toHaveLength(1);
  });
});

describe('no history', () => {
  test('of a file that is in another repository, or in none', async () => {
    const git = createGitWorld();
    const elsewhere = createGitWorld();
    elsewhere.write('a.yaml', 'one');
    elsewhere.commit();
    const { files } = await readManifests([join(elsewhere.directory, 'a.yaml')], undefined);
    const repository = await git.open();
    const call = collect(manifestHistory(files, repository));
    await expect(call).rejects.toBeInstanceOf(InvalidInputError);
    await expect(call).rejects.toMatchObject({ field: 'path' });
  });

  test('of standard input', async () => {
    const git = createGitWorld();
    const { files } = await readManifests(['-'], async () => Buffer.from('kind: Pod\n'));
    const call = collect(manifestHistory(files, await git.open()));
    await expect(call).rejects.toMatchObject({ field: 'path' });
  });

  test('that is cut off', async () => {
    const git = createGitWorld();
    git.write('a.yaml', 'one');
    git.commit('one');
    const clone = join(realpathSync(await folder()), 'clone');
    mkdirSync(clone);
    git.git('clone', '--quiet', '--depth', '1', `file://${git.directory}`, clone);
    const { files } = await readManifests([join(clone, 'a.yaml')], undefined);
    const call = collect(manifestHistory(files, await git.open(clone)));
    await expect(call).rejects.toMatchObject({ code: 'shallow-clone' });
  });
});
