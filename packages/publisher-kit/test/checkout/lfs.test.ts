import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { copyCheckout } from '../../src/checkout/copy.ts';
import { createProcesses } from '../../src/process/create-processes.ts';
import { folder, type Sample, sample } from '../git/sample.ts';
import { files, foretell, gitIn, layOut, look, plainClone, TIME } from './support.ts';

const suite = needs('git', 'git-lfs');

// What `git lfs install` configures.
const LFS = ['clean', 'smudge'].flatMap((what) => [
  '-c',
  `filter.lfs.${what}=git-lfs ${what} -- %f`,
]);

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 3\n`;

/** A repository whose files were added through the real git-lfs. */
function lfsSample(settings: Readonly<Record<string, string>> = {}): Sample {
  const repo = sample();
  repo.git('lfs', 'install', '--local', '--skip-smudge');
  for (const [key, value] of Object.entries(settings)) repo.git('config', key, value);
  repo.write('.gitattributes', '[attr]big filter=lfs diff=lfs merge=lfs -text\n*.bin big\n');
  repo.write('d/.gitattributes', '*.dat filter=lfs text=auto\nno.dat !filter\n');
  repo.write('a.bin', 'content of a\n');
  repo.write('d/x.dat', 'line\r\nline\n');
  repo.write('d/no.dat', 'no LFS');
  repo.write('d/run.bin', '#!/bin/sh\n');
  chmodSync(join(repo.directory, 'd/run.bin'), 0o755);
  repo.write('empty.bin', '');
  repo.commit('one');
  // Files that somebody committed without git-lfs: no pointers, small and large.
  for (const [path, input] of [
    ['small.bin', 'no pointer'],
    ['large.bin', 'x'.repeat(5000)],
  ] as const) {
    const blob = repo.gitWith({ input }, 'hash-object', '-w', '--stdin', '--no-filters');
    repo.git('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
  }
  // Not of this second: git reads a file that may be younger than its index.
  const env = { GIT_COMMITTER_DATE: `${TIME} +0000` };
  repo.gitWith({ env }, 'commit', '--quiet', '-m', 'without git-lfs');
  return repo;
}

/** What git-lfs makes of the files in a plain clone. */
function lfsFiles(repo: Sample): Readonly<Record<string, string>> {
  using clone = plainClone(repo);
  gitIn(clone.directory, ...LFS, 'lfs', 'install', '--local');
  gitIn(clone.directory, 'lfs', 'pull');
  gitIn(clone.directory, 'checkout', '--quiet', '--force', 'HEAD', '--', '.');
  return files(clone.directory);
}

suite('files of Git LFS', () => {
  it('have the content that git-lfs gives them, from the clone’s own store', async () => {
    using repo = lfsSample();
    const expected = lfsFiles(repo);
    expect(expected['a.bin']).toBe('644 content of a\n');
    using ours = await layOut(repo.directory);
    expect(ours.missing).toEqual([]);
    expect(files(ours.directory)).toEqual(expected);
    expect(await foretell(repo.directory)).toEqual([]);
  });

  it('are unchanged to `git status`, with and without git-lfs, in the checkout and its copy', async () => {
    using repo = lfsSample();
    using ours = await layOut(repo.directory);
    using work = folder();
    const copy = join(work.directory, 'copy');
    await copyCheckout(ours.directory, copy);
    for (const directory of [ours.directory, copy]) {
      expect(gitIn(directory, 'status', '--porcelain')).toBe('');
      expect(gitIn(directory, ...LFS, 'status', '--porcelain')).toBe('');
      expect(gitIn(directory, 'ls-files', '-s')).toBe(repo.gitWith({}, 'ls-files', '-s'));
    }
  });

  it('come from a linked worktree’s, a reference’s and a configured store', async () => {
    using store = folder();
    using home = folder();
    for (const storage of [undefined, store.directory, 'elsewhere']) {
      using repo = lfsSample(storage === undefined ? {} : { 'lfs.storage': storage });
      const expected = lfsFiles(repo);
      using other = folder();
      const at = (name: string): string => join(other.directory, name);
      repo.git('worktree', 'add', '--quiet', '--detach', at('tree'));
      repo.git('clone', '--quiet', '--shared', '--no-checkout', repo.directory, at('shared'));
      for (const clone of [
        repo.directory,
        at('tree'),
        ...(storage === undefined ? [at('shared')] : []),
      ]) {
        using ours = await layOut(clone);
        expect(files(ours.directory), `${clone} ${storage}`).toEqual(expected);
      }
    }
    // In the user's own configuration, which nothing else is taken from.
    using repo = lfsSample({ 'lfs.storage': store.directory });
    repo.git('config', '--unset', 'lfs.storage');
    repo.git(
      'config',
      '--file',
      join(home.directory, '.gitconfig'),
      'lfs.storage',
      store.directory,
    );
    using ours = await layOut(repo.directory, { env: { ...process.env, HOME: home.directory } });
    expect(ours.missing).toEqual([]);
  });

  it('stay pointers and are listed when the clone has no content for them', async () => {
    using repo = lfsSample();
    using clone = plainClone(repo);
    using ours = await layOut(clone.directory);
    const { directory } = clone;
    expect(look(ours.directory)).toEqual(look(directory));
    const paths = ['a.bin', 'd/run.bin', 'd/x.dat'];
    expect(ours.missing).toEqual(paths.map((path) => ({ path, reason: 'lfs' })));
    expect(await foretell(directory)).toEqual(ours.missing);
    // The hint that publishers give.
    gitIn(directory, 'lfs', 'fetch');
    expect(await foretell(directory)).toEqual([]);
  });

  it('stay pointers when the stored content is damaged', async () => {
    using repo = lfsSample();
    const objects = join(repo.directory, '.git/lfs/objects');
    const stored = readdirSync(objects, { recursive: true, encoding: 'utf8' })
      .map((path) => join(objects, path))
      .filter((path) => /[0-9a-f]{64}$/.test(path));
    const damaged = stored.find((path) => readFileSync(path, 'utf8') === 'content of a\n') ?? '';
    chmodSync(damaged, 0o644);
    writeFileSync(damaged, 'CONTENT of a\n');
    using ours = await layOut(repo.directory);
    expect(ours.missing).toEqual([{ path: 'a.bin', reason: 'lfs' }]);
    expect(readFileSync(join(ours.directory, 'a.bin'), 'utf8')).toMatch(/^version https:/);
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
    writeFileSync(damaged, 'short');
    expect(await foretell(repo.directory)).toEqual([{ path: 'a.bin', reason: 'lfs' }]);
  });

  it('need no git-lfs: nothing is started', async () => {
    using repo = lfsSample();
    using bin = folder();
    const git = createProcesses();
    mkdirSync(join(bin.directory, 'bin'));
    const path = (await git.which('git')) ?? '';
    writeFileSync(join(bin.directory, 'bin/git'), `#!/bin/sh\nexec ${path} "$@"\n`, {
      mode: 0o755,
    });
    rmSync(join(repo.directory, '.git/hooks'), { recursive: true, force: true });
    const env = { ...process.env, PATH: `${bin.directory}/bin` };
    using ours = await layOut(repo.directory, { env });
    expect(ours.missing).toEqual([]);
    expect(readFileSync(join(ours.directory, 'a.bin'), 'utf8')).toBe('content of a\n');
  });

  it('stay pointers and are listed when their names are not UTF-8', async () => {
    using repo = lfsSample();
    const name = [...Buffer.from(`${repo.directory}/d/n`), 0xff, ...Buffer.from('.bin')];
    writeFileSync(Buffer.from(name), 'x');
    repo.commit('two');
    using ours = await layOut(repo.directory);
    expect(ours.missing).toEqual([{ path: 'd/n\uFFFD.bin', reason: 'lfs' }]);
    expect(await foretell(repo.directory)).toEqual(ours.missing);
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
  });

  it('are those of the attribute: a pointer without it stays one, and lacks nothing', async () => {
    using repo = lfsSample();
    repo.write('pointer.txt', POINTER);
    repo.commit('two');
    using ours = await layOut(repo.directory);
    expect(ours.missing).toEqual([]);
    expect(readFileSync(join(ours.directory, 'pointer.txt'), 'utf8')).toBe(POINTER);
  });

  it('of which an extension made the content stay pointers and are listed', async () => {
    using repo = lfsSample();
    const pointer = repo.git('cat-file', 'blob', 'HEAD:a.bin');
    const extended = pointer.replace('\noid', `\next-0-foo sha256:${'0'.repeat(64)}\noid`);
    const input = `${extended}\n`;
    const blob = repo.gitWith({ input }, 'hash-object', '-w', '--stdin', '--no-filters');
    repo.git('update-index', '--cacheinfo', `100644,${blob},a.bin`);
    repo.git('commit', '--quiet', '-m', 'extended');
    using ours = await layOut(repo.directory);
    expect(ours.missing).toEqual([{ path: 'a.bin', reason: 'lfs' }]);
    expect(await foretell(repo.directory)).toEqual(ours.missing);
  });
});
