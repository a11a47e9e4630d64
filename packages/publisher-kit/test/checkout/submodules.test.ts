import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startGitHost } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, it } from 'vitest';
import { decideAddress, resolveSubmoduleUrl } from '../../src/checkout/submodule-address.ts';
import { folder, type Sample, sample } from '../git/sample.ts';
import { files, foretell, gitIn, layOut, look, plainClone } from './support.ts';

const suite = needs('git');
const FILE = ['-c', 'protocol.file.allow=always'];

/** `repo` with a submodule `libs/sub`, which has one of its own, `in ner`. */
function nested(): { readonly repo: Sample; readonly sub: Sample } & Disposable {
  const inner = sample();
  inner.write('deep.txt', 'deep');
  inner.commit('inner');
  const sub = sample();
  sub.write('sub.txt', 'sub');
  sub.git(...FILE, 'submodule', 'add', '--quiet', '--name', 'x/y', inner.directory, 'in ner');
  sub.commit('sub');
  sub.git('tag', 'v1');
  const repo = sample();
  repo.write('own.txt', 'own');
  repo.git(...FILE, 'submodule', 'add', '--quiet', sub.directory, 'libs/sub');
  repo.git(...FILE, 'submodule', 'update', '--quiet', '--init', '--recursive');
  repo.commit('repo');
  return {
    repo,
    sub,
    [Symbol.dispose]: () => [inner, sub, repo].forEach((one) => one[Symbol.dispose]()),
  };
}

/** A repository at `o/<name>` of the host with a `.gitmodules`; each link names a commit. */
function withSubmodules(
  links: readonly { path: string; name?: string; url: string; sha: string }[],
): Sample {
  const repo = sample();
  const modules = links.map(
    ({ path, name = path, url }) =>
      `[submodule ${JSON.stringify(name)}]\n\tpath = ${JSON.stringify(path)}\n\turl = ${JSON.stringify(url)}\n`,
  );
  repo.write('.gitmodules', modules.join(''));
  repo.commit('modules');
  for (const { path, sha } of links) {
    repo.git('update-index', '--add', '--cacheinfo', `160000,${sha},${path}`);
  }
  repo.git('commit', '--quiet', '-m', 'links');
  return repo;
}

/** Does not block: the host is in this process. */
async function cloneFrom(
  url: string,
  directory: string,
  ...args: readonly string[]
): Promise<void> {
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  await promisify(execFile)('git', ['clone', '--quiet', ...args, url, directory], { env });
}

suite('submodules of the clone', () => {
  it('are laid out as `git clone --recurse-submodules` does, each a repository', async () => {
    using all = nested();
    const { repo } = all;
    using clone = plainClone(repo, { args: ['--recurse-submodules'] });
    using ours = await layOut(repo.directory);
    expect(ours.missing).toEqual([]);
    expect(await foretell(repo.directory)).toEqual([]);
    for (const path of ['', 'libs/sub', 'libs/sub/in ner']) {
      expect(look(join(ours.directory, path)), path).toEqual(look(join(clone.directory, path)));
    }
    const status = ['submodule', 'status', '--recursive'];
    // In brackets git adds the name of a branch, which a checkout has not.
    const [mine, theirs] = [ours, clone].map(({ directory }) =>
      gitIn(directory, ...status).replaceAll(/ \([^)]*\)/g, ''),
    );
    expect(mine).toBe(theirs);
    expect(gitIn(join(ours.directory, 'libs/sub'), 'describe', '--tags')).toBe('v1');
  });

  it('are found where the clone is a linked worktree, and where a submodule has its own .git', async () => {
    using all = nested();
    const { repo, sub } = all;
    using clone = plainClone(repo, { args: ['--recurse-submodules'] });
    using other = folder();
    const tree = join(other.directory, 'tree');
    repo.git('worktree', 'add', '--quiet', '--detach', tree);
    using first = await layOut(tree);
    expect(files(first.directory)).toEqual(files(clone.directory));
    gitIn(tree, ...FILE, 'submodule', 'update', '--quiet', '--init', '--recursive');
    using second = await layOut(tree);
    expect(files(second.directory)).toEqual(files(clone.directory));
    // `git submodule add` of a folder that is a repository already.
    const embedding = sample();
    embedding.git('clone', '--quiet', sub.directory, 'libs/sub');
    embedding.git('submodule', 'add', '--quiet', sub.directory, 'libs/sub');
    embedding.commit('embedded');
    using third = await layOut(embedding.directory);
    expect(files(join(third.directory, 'libs'))).toHaveProperty('sub/sub.txt');
    embedding[Symbol.dispose]();
  });

  it('that are not there leave an empty folder, are listed, and refuse nothing', async () => {
    using all = nested();
    using clone = plainClone(all.repo);
    const { directory } = clone;
    using ours = await layOut(directory);
    expect(look(ours.directory)).toEqual(look(directory));
    expect(ours.missing).toEqual([{ path: 'libs/sub', reason: 'submodule' }]);
    expect(await foretell(directory)).toEqual(ours.missing);
    // The nested one, when only the outer one is there.
    gitIn(directory, ...FILE, 'submodule', 'update', '--quiet', '--init');
    using outer = await layOut(directory);
    expect(outer.missing).toEqual([{ path: 'libs/sub/in ner', reason: 'submodule' }]);
    expect(await foretell(directory)).toEqual(outer.missing);
  });

  it('that .gitmodules does not name, or names to do harm, are left out', async () => {
    using all = nested();
    const sha = all.sub.git('rev-parse', 'HEAD');
    const url = 'https://example.org/x.git';
    using repo = withSubmodules([
      { path: 'up', name: '../../up', url, sha },
      { path: 'dash', name: '-x', url, sha },
      { path: 'option', url: '--upload-pack=touch /tmp/x', sha },
    ]);
    repo.git('update-index', '--add', '--cacheinfo', `160000,${sha},gone`);
    repo.git('commit', '--quiet', '-m', 'gone');
    using ours = await layOut(repo.directory);
    const paths = ['dash', 'gone', 'option', 'up'];
    expect(ours.missing).toEqual(paths.map((path) => ({ path, reason: 'submodule' })));
    expect(await foretell(repo.directory)).toEqual(ours.missing);
    using clone = plainClone(repo);
    expect(look(ours.directory)).toEqual(look(clone.directory));
  });
});

suite('submodules that are fetched', () => {
  it('come from their address, relative ones as git resolves them, nested ones too', async () => {
    const host = await startGitHost({ repositories: ['o/inner', 'o/sub', 'o/repo'] });
    try {
      const push = (repo: Sample, name: string): string =>
        repo.git('push', '--quiet', host.path(`o/${name}`), 'HEAD:refs/heads/main');
      using inner = sample();
      inner.write('deep.txt', 'deep');
      const innerSha = inner.commit('inner');
      push(inner, 'inner');
      using sub = withSubmodules([{ path: 'in', url: './../inner.git', sha: innerSha }]);
      const subSha = sub.git('rev-parse', 'HEAD');
      push(sub, 'sub');
      using repo = withSubmodules([
        { path: 'a', url: '../sub', sha: subSha },
        { path: 'b', url: `${host.url}/o/inner.git`, sha: innerSha },
      ]);
      push(repo, 'repo');
      using other = folder();
      const real = join(other.directory, 'real');
      await cloneFrom(`${host.url}/o/repo.git`, real, '--recurse-submodules');
      const clone = join(other.directory, 'clone');
      await cloneFrom(`${host.url}/o/repo.git`, clone);
      // A wrong password is refused by the host, everywhere: none of the clone's is sent.
      const wrong = `http://${host.user}:wrong@${new URL(host.url).host}/o/repo.git`;
      const header = 'Authorization: basic d3Jvbmc6d3Jvbmc=';
      gitIn(clone, 'remote', 'set-url', 'origin', wrong);
      gitIn(clone, 'config', `http.${host.url}.extraheader`, header);
      using ours = await layOut(clone, { submodules: true });
      expect(ours.problem).toBeUndefined();
      expect(ours.missing).toEqual([]);
      expect(files(ours.directory)).toEqual(files(real));
      for (const path of ['', 'a', 'a/in', 'b']) {
        const directory = join(ours.directory, path);
        expect(gitIn(directory, 'status', '--porcelain')).toBe('');
        expect(gitIn(directory, 'rev-parse', 'HEAD')).toBe(
          gitIn(join(real, path), 'rev-parse', 'HEAD'),
        );
      }
      expect(readFileSync(join(ours.directory, '.git/config'), 'utf8')).not.toContain('wrong');
    } finally {
      await host.stop();
    }
  });

  it('come with the user’s configuration from the host of origin, without it from others', async () => {
    const own = await startGitHost({ repositories: ['o/sub'] });
    const other = await startGitHost({ repositories: ['o/sub'] });
    try {
      using sub = sample();
      sub.write('sub.txt', 'sub');
      const sha = sub.commit('sub');
      for (const host of [own, other])
        sub.git('push', '--quiet', host.path('o/sub'), 'HEAD:refs/heads/main');
      using repo = withSubmodules([
        { path: 'mine', url: '../../moved/sub.git', sha },
        { path: 'theirs', url: `${other.url}/o/sub.git`, sha },
      ]);
      repo.git('remote', 'add', 'origin', `${own.url}/o/repo.git`);
      using home = folder();
      const set = (...setting: readonly string[]): string =>
        gitIn(home.directory, 'config', '--file', join(home.directory, '.gitconfig'), ...setting);
      const login = Buffer.from(`${own.user}:${own.token}`).toString('base64');
      // Each is the right one for one host alone: the other would refuse it.
      set('http.extraHeader', `Authorization: Basic ${login}`);
      set('credential.helper', `!echo username=${own.user}; echo password=${own.token}`);
      set(`url.${own.url}/o/.insteadOf`, `${own.url}/moved/`);
      set(`url.${other.url}/gone/.insteadOf`, `${other.url}/`);
      const netrc = `machine 127.0.0.1 login ${own.user} password ${own.token}\n`;
      writeFileSync(join(home.directory, '.netrc'), netrc);
      const env = { ...process.env, HOME: home.directory };
      using ours = await layOut(repo.directory, { submodules: true, env });
      expect(ours.problem).toBeUndefined();
      for (const path of ['mine', 'theirs'])
        expect(files(join(ours.directory, path)), path).toEqual({ 'sub.txt': '644 sub' });
    } finally {
      await own.stop();
      await other.stop();
    }
  });

  it('are laid out also when one’s name is inside another’s, which git refuses', async () => {
    using sub = sample();
    sub.write('sub.txt', 'sub');
    const sha = sub.commit('sub');
    const url = sub.directory;
    using repo = withSubmodules([
      { path: 'd', name: 'x', url, sha },
      { path: 'e', name: 'x/objects/y', url, sha },
      { path: 'f', name: '-x', url, sha },
    ]);
    repo.git('remote', 'add', 'origin', '/srv/of-the-same-machine');
    using ours = await layOut(repo.directory, { submodules: true });
    expect(ours.missing).toEqual([]);
    for (const path of ['d', 'e', 'f'])
      expect(gitIn(join(ours.directory, path), 'rev-parse', 'HEAD')).toBe(sha);
    expect(gitIn(ours.directory, 'status', '--porcelain')).toBe('');
  });

  it('are not those that .gitmodules does not name, or says not to update, as in git', async () => {
    using repo = withSubmodules([{ path: 'none', url: '/nowhere', sha: '1'.repeat(40) }]);
    repo.git('config', '--file', '.gitmodules', 'submodule.none.update', 'none');
    repo.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},gone`);
    repo.git('add', '.gitmodules');
    repo.git('commit', '--quiet', '-m', 'skipped');
    using clone = plainClone(repo, { args: ['--recurse-submodules'] });
    using ours = await layOut(repo.directory, { submodules: true });
    const missing = ['gone', 'none'].map((path) => ({ path, reason: 'submodule' }));
    expect(ours.missing).toEqual(missing);
    expect(await foretell(repo.directory, { submodules: true })).toEqual(missing);
    expect(files(ours.directory)).toEqual(files(clone.directory));
  });

  it('are refused for a name that leads out of .git/modules', async () => {
    const link = {
      path: 'up',
      name: '../../up',
      url: 'https://example.org/x',
      sha: '1'.repeat(40),
    };
    using repo = withSubmodules([link]);
    await expect(layOut(repo.directory, { submodules: true })).rejects.toMatchObject({
      code: 'submodule-refused',
    });
  });

  it('give a problem, with a hint, when the host does not have them', async () => {
    const host = await startGitHost({ repositories: ['o/sub'] });
    try {
      const sha = '1'.repeat(40);
      for (const [name, code] of [
        ['gone', 'submodule-repository-not-found'],
        ['sub', 'submodule-git-failed'],
      ]) {
        using repo = withSubmodules([{ path: 'libs/sub', url: `${host.url}/o/${name}.git`, sha }]);
        using ours = await layOut(repo.directory, { submodules: true });
        expect(ours.problem).toMatchObject({
          code,
          message: expect.stringContaining('libs/sub') as string,
          hint: expect.stringContaining('git submodule update --init') as string,
        });
      }
    } finally {
      await host.stop();
    }
  });

  it.each([
    ['a path of this machine', '/etc'],
    ['file:', 'file:///etc'],
    ['a program', 'ext::sh -c "touch /tmp/pwned-by-submodule"'],
    ['http of a host elsewhere', 'http://example.org/x.git'],
    ['an option', '--upload-pack=touch /tmp/pwned-by-submodule'],
    ['ssh with an option for a host', 'ssh://-oProxyCommand=touch/x'],
    ['a relative address without an origin', '../x'],
  ])('are refused for %s', async (_, url) => {
    using repo = withSubmodules([{ path: 'libs/sub', url, sha: '1'.repeat(40) }]);
    const refusal = { code: 'submodule-refused', message: expect.stringContaining('"libs/sub"') };
    const options = { submodules: true };
    await expect(layOut(repo.directory, options)).rejects.toMatchObject(refusal);
    await expect(foretell(repo.directory, options)).rejects.toMatchObject(refusal);
    expect(existsSync('/tmp/pwned-by-submodule')).toBe(false);
  });
});

suite('the address of a submodule', () => {
  const parents = [
    'https://host.example/o/r.git',
    'https://host.example/o/r/',
    'git@host.example:o/r.git',
    'ssh://git@host.example/o/r',
    'git@host.example:r.git',
  ];
  const urls = ['../x.git', './x', '../../p/x', '.././x/', 'https://other.example/x', '../'];
  it.each(parents)('beside %s is what `git submodule init` makes of it', (parent) => {
    const sha = '1'.repeat(40);
    using repo = withSubmodules(urls.map((url, n) => ({ path: `s${n}`, url, sha })));
    repo.git('remote', 'add', 'origin', parent);
    repo.git('submodule', 'init');
    for (const [n, url] of urls.entries()) {
      const real = repo.git('config', `submodule.s${n}.url`);
      // git goes on beyond the host, to an address that is none.
      expect(resolveSubmoduleUrl(url, parent), url).toBe(real.startsWith('.') ? undefined : real);
    }
  });
});

describe('an address that a submodule may be fetched from', () => {
  it('is https, or http on loopback, without user name and password', () => {
    expect(decideAddress('https://u:p@host.example/x.git', undefined)).toEqual({
      url: 'https://host.example/x.git',
      protocols: 'https',
      isOwnHost: false,
    });
    expect(decideAddress('http://127.0.0.1:8080/x.git', 'https://host.example/r')).toEqual({
      url: 'http://127.0.0.1:8080/x.git',
      protocols: 'http',
      isOwnHost: false,
    });
    expect(decideAddress('http://host.example/x.git', 'http://host.example/r.git')).toBeUndefined();
  });

  it.each([
    ['https://host.example/x.git', 'https://u:token@HOST.example/o/r.git', 'https:ssh'],
    ['https://host.example:8443/x.git', 'https://host.example:8443/r', 'https:ssh'],
    ['git@host.example:o/x.git', 'ssh://git@host.example:22/o/r', 'ssh:https'],
    ['ssh://me@host.example:2222/x', 'ssh://git@host.example:2222/r', 'ssh:https'],
    ['/srv/x.git', 'file:///srv/r.git', 'file'],
  ])('%s is on the host of the origin %s', (url, origin, protocols) => {
    expect(decideAddress(url, origin)).toEqual({ url, protocols, isOwnHost: true });
  });

  it.each([
    ['https://host.example/x.git', 'https://host.example:8443/r'],
    ['https://host.example/x.git', 'https://host.example.evil/r'],
    ['https://host.example/x.git', 'git@host.example:o/r'],
  ])('%s is not on the host of the origin %s', (url, origin) => {
    expect(decideAddress(url, origin)).toMatchObject({ isOwnHost: false, protocols: 'https' });
  });

  it.each([
    ['git@host.example:o/x.git', 'https://host.example/r'],
    ['ssh://git@other.example/x', 'ssh://git@host.example/r'],
    ['file:///srv/x.git', 'https://host.example/r'],
    ['/srv/x.git', undefined],
    ['ext::sh -c x', 'ext::sh -c x'],
    ['git://host.example/x', 'git://host.example/r'],
  ])('%s is refused for a clone of %s', (url, origin) => {
    expect(decideAddress(url, origin)).toBeUndefined();
  });
});
