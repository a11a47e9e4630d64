import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { needs } from '../src/components.ts';
import { repositoryPath, routeOf } from '../src/git-host/route.ts';
import { startGitHost, startRecordingProxy } from '../src/index.ts';
import { client, folder, type Outcome } from './client.ts';

const IDENTITY = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
};

/**
 * git as a CI job runs it: it cannot ask for a password, and reads the credential from its
 * environment.
 */
function git(
  cwd: string,
  credential: { user: string; token: string } | undefined,
  ...args: readonly string[]
): Promise<Outcome> {
  const header =
    credential === undefined
      ? ''
      : `Authorization: Basic ${Buffer.from(`${credential.user}:${credential.token}`).toString('base64')}`;
  const configuration =
    header === ''
      ? {}
      : { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header };
  return client(
    cwd,
    { ...IDENTITY, ...configuration, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
    'git',
    ...args,
  );
}

async function checkout(url: string, content: string | Uint8Array = 'one\n'): Promise<string> {
  const directory = await folder();
  expect(await git(directory, undefined, 'clone', '--quiet', url, '.')).toMatchObject({ code: 0 });
  await writeFile(join(directory, 'file'), content);
  await git(directory, undefined, 'add', 'file');
  expect(await git(directory, undefined, 'commit', '--quiet', '-m', 'one')).toMatchObject({
    code: 0,
  });
  return directory;
}

/** Sends a raw path, which `fetch` would have tidied up. */
function rawStatus(url: string, path: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request({ host: '127.0.0.1', port: new URL(url).port, path }, (response) =>
    resolve(response.resume().statusCode ?? 0),
  )
    .once('error', reject)
    .end();
  return promise;
}

const suite = needs('git');
suite('git against the git host', () => {
  test('reads are open; a push needs the right token; both names lead to one repository', async () => {
    await using host = await startGitHost({ repositories: ['owner/repo'] });
    const directory = await checkout(`${host.url}/owner/repo`);
    const anonymous = await git(directory, undefined, 'push', 'origin', 'HEAD');
    expect(anonymous).toMatchObject({
      code: 128,
      stderr: expect.stringContaining('could not read Username') as string,
    });
    const wrong = await git(
      directory,
      { user: host.user, token: 'wrong' },
      'push',
      'origin',
      'HEAD',
    );
    expect(wrong.code).toBe(128);
    expect(
      await git(directory, host, 'push', 'origin', 'HEAD', 'HEAD:refs/tags/v1.0.0'),
    ).toMatchObject({ code: 0 });
    const sha = (await git(directory, undefined, 'rev-parse', 'HEAD')).stdout.trim();
    const listed = await git(
      directory,
      undefined,
      'ls-remote',
      '--symref',
      `${host.url}/owner/repo.git`,
    );
    expect(listed.stdout).toBe(
      `ref: refs/heads/main\tHEAD\n${sha}\tHEAD\n${sha}\trefs/heads/main\n${sha}\trefs/tags/v1.0.0\n`,
    );
    expect(
      await readFile(join(host.path('owner/repo'), 'logs', 'refs', 'tags', 'v1.0.0'), 'utf8'),
    ).toContain(`${'0'.repeat(40)} ${sha} `);
  });

  test('a large push, sent in chunks after a probe, counts as one mutating request', async () => {
    await using host = await startGitHost({ repositories: ['owner/repo'] });
    await using proxy = await startRecordingProxy(host.url);
    const content = Buffer.alloc(3_000_000);
    for (let index = 0; index < content.length; index += 4)
      content.writeUInt32LE((index * 2_654_435_761) >>> 0, index);
    const directory = await checkout(`${proxy.url}/owner/repo`, content);
    proxy.clear();
    expect(await git(directory, host, 'push', 'origin', 'HEAD')).toMatchObject({ code: 0 });
    expect(proxy.requests.filter((entry) => entry.path.endsWith('/git-receive-pack'))).toHaveLength(
      2,
    );
    expect(proxy.mutating()).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/owner/repo/git-receive-pack',
        status: 200,
      }),
    ]);
    expect(proxy.mutating()[0]?.bodyBytes).toBeGreaterThan(1_000_000);
    const again = await folder();
    expect(
      await git(again, undefined, 'clone', '--quiet', `${host.url}/owner/repo`, '.'),
    ).toMatchObject({ code: 0 });
    expect((await readFile(join(again, 'file'))).equals(content)).toBe(true);
  });

  test('force-with-lease is refused when the ref has moved', async () => {
    await using host = await startGitHost({ repositories: ['owner/repo'] });
    const directory = await checkout(`${host.url}/owner/repo`);
    expect(await git(directory, host, 'push', 'origin', 'HEAD:main')).toMatchObject({ code: 0 });
    await git(directory, undefined, 'commit', '--quiet', '--allow-empty', '-m', 'two');
    const stale = await git(
      directory,
      host,
      'push',
      '--porcelain',
      `--force-with-lease=main:${'1'.repeat(40)}`,
      'origin',
      'HEAD:refs/heads/main',
    );
    expect(stale).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('stale info') as string,
    });
  });

  test('fetches with protocol version 2, and with compressed requests', async () => {
    await using host = await startGitHost({ repositories: ['owner/repo'] });
    const directory = await checkout(`${host.url}/owner/repo`);
    await git(directory, host, 'push', 'origin', 'HEAD:main');
    const advertised = await fetch(`${host.url}/owner/repo/info/refs?service=git-upload-pack`, {
      headers: { 'git-protocol': 'version=2' },
    });
    expect(await advertised.text()).toContain('version 2');
    const lsRefs = await fetch(`${host.url}/owner/repo/git-upload-pack`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
        'git-protocol': 'version=2',
      },
      body: gzipSync('0013command=ls-refs0000'),
    });
    expect(await lsRefs.text()).toContain('refs/heads/main');
  });

  test('logs each request and no credential', async () => {
    await using host = await startGitHost({ repositories: ['owner/repo'], token: 'git_planted' });
    const directory = await checkout(`${host.url}/owner/repo`);
    await git(directory, host, 'push', 'origin', 'HEAD:main');
    const log = await readFile(host.logFile, 'utf8');
    expect(log).toContain('POST /owner/repo/git-receive-pack 200');
    expect(log).not.toContain('git_planted');
    expect(log).not.toContain(Buffer.from(`${host.user}:git_planted`).toString('base64'));
  });

  test('refuses paths that leave its folder, the dumb protocol, and wrong credentials on reads', async () => {
    const directory = await folder();
    await using host = await startGitHost({
      directory: join(directory, 'host'),
      repositories: ['owner/repo'],
    });
    await client(directory, {}, 'git', 'init', '--bare', '--quiet', join(directory, 'outside.git'));
    const paths = [
      '/../../outside.git',
      '/owner/../../../outside.git',
      '/%2e%2e/%2e%2e/outside.git',
      '//owner/repo',
      '/owner/repo.git/..%2frepo',
    ];
    for (const path of paths)
      expect(await rawStatus(host.url, `${path}/info/refs?service=git-upload-pack`)).toBe(404);
    for (const path of ['/owner/repo/HEAD', '/owner/repo/config', '/owner/repo/info/refs'])
      expect(await rawStatus(host.url, path)).toBe(404);
    const headers = {
      authorization: `Basic ${Buffer.from(`${host.user}:wrong`).toString('base64')}`,
    };
    const refused = await fetch(`${host.url}/owner/repo/info/refs?service=git-upload-pack`, {
      headers,
    });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="git"',
    ]);
  });

  test('creating a repository twice keeps what it holds', async () => {
    await using host = await startGitHost();
    const url = await host.createRepository('owner/repo');
    expect(url).toBe(`${host.url}/owner/repo.git`);
    const directory = await checkout(url);
    expect(await git(directory, host, 'push', 'origin', 'HEAD:main')).toMatchObject({ code: 0 });
    expect(await host.createRepository('owner/repo.git')).toBe(url);
    expect((await git(directory, undefined, 'ls-remote', url)).stdout).toContain('refs/heads/main');
  });
});

describe('the routes of the git host', () => {
  test.each([
    '',
    '..',
    'a/..',
    'a/../b',
    '/a',
    'a/',
    'a//b',
    '.hidden',
    '-option',
    'a/-b',
    'a b',
    'a%2fb',
    'a\\b',
    'a\n',
  ])('%j is no repository', (name) => {
    expect(() => repositoryPath(name)).toThrow(TypeError);
  });

  test('a service needs its method', () => {
    expect(routeOf('GET', '/o/r/git-receive-pack')).toBeUndefined();
    expect(routeOf('POST', '/o/r/info/refs?service=git-receive-pack')).toBeUndefined();
    expect(routeOf('GET', '/o/r/info/refs?service=git-archive')).toBeUndefined();
    expect(routeOf('POST', '/o/r/git-receive-pack')).toEqual({
      repository: 'o/r.git',
      rest: 'git-receive-pack',
      service: 'git-receive-pack',
      query: '',
    });
  });
});
