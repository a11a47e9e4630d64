import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { objectSizes } from '../../src/checkout/object-sizes.ts';
import { openRepository } from '../../src/git/index.ts';
import { createProcesses } from '../../src/process/create-processes.ts';
import { folder, type Sample, sample } from '../git/sample.ts';
import { files, foretell, gitIn, layOut, plainClone } from './support.ts';

const suite = needs('git');

/** A clone of `repo` that has the content of the given folders alone. */
function sparseClone(
  repo: Sample,
  ...folders: readonly string[]
): Disposable & { readonly directory: string } {
  repo.git('config', 'uploadpack.allowFilter', 'true');
  const { directory, ...rest } = folder();
  const clone = join(directory, 'clone');
  const url = `file://${repo.directory}`;
  gitIn(directory, 'clone', '--quiet', '--filter=blob:none', '--sparse', url, clone);
  gitIn(clone, 'sparse-checkout', 'set', ...folders);
  return { directory: clone, [Symbol.dispose]: () => rest[Symbol.dispose]() };
}

/** The objects that a clone lacks. Git prints them behind a question mark, and fetches none. */
function lacking(clone: string): readonly string[] {
  return gitIn(clone, 'rev-list', '--objects', '--missing=print', 'HEAD')
    .split('\n')
    .filter((line) => line.startsWith('?'));
}

suite('a checkout of a partial clone', () => {
  it('has every file that the clone has, is clean to git, and fetches nothing', async () => {
    using repo = sample();
    repo.write('sdk/file', 'content');
    repo.write('other/a b/\u00e9\n.txt', 'one');
    repo.write('other/twice', 'two');
    repo.commit('one');
    repo.git('tag', 'v1');
    using clone = sparseClone(repo, 'sdk');
    const before = lacking(clone.directory);
    expect(before).toHaveLength(2);
    const missing = ['other/a b/\u00e9\n.txt', 'other/twice'].map((path) => ({
      path,
      reason: 'partial-clone',
    }));
    expect(await foretell(clone.directory)).toEqual(missing);
    using ours = await layOut(clone.directory);
    expect(ours.missing).toEqual(missing);
    expect(Object.keys(files(ours.directory))).toEqual(['sdk/', 'sdk/file']);
    expect(gitIn(ours.directory, 'status', '--porcelain', '--ignored')).toBe('');
    expect(gitIn(ours.directory, 'describe', '--dirty', '--tags')).toBe('v1');
    expect(lacking(clone.directory)).toEqual(before);
  });

  it('is found if the clone borrows its objects, directly or through another clone', async () => {
    using repo = sample();
    repo.write('sdk/file', 'content');
    repo.write('other/file', 'lacking');
    repo.commit('one');
    using clone = sparseClone(repo, 'sdk');
    const borrow = (from: string, name: string): string => {
      const to = join(clone.directory, '..', name);
      gitIn(clone.directory, 'clone', '--quiet', '--no-checkout', '--shared', from, to);
      return to;
    };
    const second = borrow(borrow(clone.directory, 'first'), 'second');
    const missing = [{ path: 'other/file', reason: 'partial-clone' }];
    expect(await foretell(second)).toEqual(missing);
    using ours = await layOut(second);
    expect(ours.missing).toEqual(missing);
  });

  it('is a whole one after the command in the hint', async () => {
    using repo = sample();
    repo.write('sdk/file', 'content');
    repo.write('.gitattributes', '*.txt eol=crlf\n');
    repo.write('other/a.txt', 'a\n');
    repo.commit('one');
    using clone = sparseClone(repo, 'sdk');
    const refused = { code: 'partial-clone', hint: expect.stringContaining('--refetch') as string };
    await using repository = await openRepository(clone.directory);
    const source = repository.source(await repository.resolve('HEAD'));
    await expect(source.readText('other/a.txt')).rejects.toMatchObject(refused);
    gitIn(clone.directory, 'fetch', '--quiet', '--refetch', '--no-filter');
    using ours = await layOut(clone.directory);
    expect(ours.missing).toEqual([]);
    using real = plainClone(repo);
    expect(files(ours.directory)).toEqual(files(real.directory));
  });

  it.each(['.gitattributes', 'other/.gitattributes', '.gitmodules'])(
    'is refused without %s, which decides what git makes of other files',
    async (path) => {
      using repo = sample();
      repo.write('sdk/file', 'content');
      repo.write(path, '# nothing\n');
      repo.commit('one');
      repo.git('config', 'uploadpack.allowFilter', 'true');
      using other = folder();
      const clone = join(other.directory, 'clone');
      const url = `file://${repo.directory}`;
      const flags = ['--quiet', '--no-checkout', '--filter=blob:none'];
      gitIn(other.directory, 'clone', ...flags, url, clone);
      for (const make of [layOut, foretell])
        await expect(make(clone)).rejects.toMatchObject({
          code: 'partial-clone',
          message: expect.stringContaining(path) as string,
        });
    },
  );
});

suite('a partial clone', () => {
  it('answers for what it has, also when it is asked for the rest at the same time', async () => {
    using repo = sample();
    for (const name of ['a', 'b', 'c']) {
      repo.write(`sdk/${name}`, name);
      repo.write(`other/${name}`, `other ${name}`);
    }
    repo.commit('one');
    using clone = sparseClone(repo, 'sdk');
    await using repository = await openRepository(clone.directory);
    const source = repository.source(await repository.resolve('HEAD'));
    const asked = ['other/a', 'sdk/a', 'other/b', 'sdk/b', 'sdk/c', 'other/c'];
    const answers = await Promise.allSettled(asked.map((path) => source.readText(path)));
    expect(
      answers.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason.message))),
    ).toEqual([
      expect.stringContaining('other/a'),
      'a',
      expect.stringContaining('other/b'),
      'b',
      'c',
      expect.stringContaining('other/c'),
    ]);
    expect(lacking(clone.directory)).toHaveLength(3);
  });

  it('tells the size of each object that it has, by a git without GIT_NO_LAZY_FETCH too', async () => {
    using repo = sample();
    repo.write('a/first', 'lacking');
    repo.write('sdk/file', 'content');
    repo.commit('one');
    using clone = sparseClone(repo, 'sdk');
    const ids = ['a/first', 'sdk/file'].map((path) => repo.git('rev-parse', `HEAD:${path}`));
    using tools = folder();
    const real = (await createProcesses().which('git')) ?? '';
    writeFileSync(
      join(tools.directory, 'git'),
      `#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec '${real}' "$@"\n`,
    );
    chmodSync(join(tools.directory, 'git'), 0o755);
    const PATH = `${tools.directory}:${process.env['PATH']}`;
    const env = { ...process.env, PATH };
    const source = join(clone.directory, '.git');
    const sizes = await objectSizes(ids, { source, processes: createProcesses({ env }) });
    expect(sizes).toEqual(new Map([[ids[1], 7]]));
    await using repository = await openRepository(clone.directory, { env });
    const tree = repository.source(await repository.resolve('HEAD'));
    await expect(tree.readText('a/first')).rejects.toMatchObject({ code: 'partial-clone' });
    expect(await tree.readText('sdk/file')).toBe('content');
    expect(await repository.dirtyPaths()).toEqual([]);
    expect(lacking(clone.directory)).toHaveLength(1);
  });
});
