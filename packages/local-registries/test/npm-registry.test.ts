import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { needs } from '../src/components.ts';
import { type RunningNpmRegistry, startNpmRegistry, startRecordingProxy } from '../src/index.ts';
import { client, folder, type Outcome } from './client.ts';

const GIT_HEAD = '71e210beab3771e210beab3771e210beab3771e2';

interface Packument {
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly versions: Readonly<
    Record<
      string,
      {
        readonly gitHead?: string;
        readonly dist: { readonly tarball: string; readonly integrity: string };
      }
    >
  >;
}

async function packument(url: string, name: string): Promise<Packument> {
  const response = await fetch(`${url}/${name}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Packument;
}

async function project(url: string, token: string, version = '1.0.0'): Promise<string> {
  const directory = await folder();
  await mkdir(join(directory, 'package'));
  await writeFile(
    join(directory, 'package', 'package.json'),
    JSON.stringify({ name: '@scope/demo', version, gitHead: GIT_HEAD }),
  );
  await writeFile(
    join(directory, '.npmrc'),
    `registry=${url}/\n//${new URL(url).host}/:_authToken=${token}\nupdate-notifier=false\n`,
  );
  return directory;
}

const npm = (directory: string, ...args: readonly string[]): Promise<Outcome> =>
  client(
    join(directory, 'package'),
    {
      NPM_CONFIG_USERCONFIG: join(directory, '.npmrc'),
      NPM_CONFIG_CACHE: join(directory, 'cache'),
    },
    'npm',
    ...args,
  );

async function put(
  registry: RunningNpmRegistry,
  authorization: string | undefined,
  size = 2,
  name = 'plain',
): Promise<number> {
  const data = Buffer.alloc(size, 'x').toString('base64');
  const response = await fetch(`${registry.url}/${name}`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({
      name,
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { name, version: '1.0.0', dist: {} } },
      _attachments: { [`${name}-1.0.0.tgz`]: { data, length: size } },
    }),
  });
  await response.arrayBuffer();
  return response.status;
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const withNpm = needs('npm');
withNpm('npm against the npm registry', () => {
  test('publishes, keeps gitHead, moves a dist-tag, and refuses the same version again', async () => {
    await using registry = await startNpmRegistry();
    const directory = await project(registry.url, registry.token);
    expect(await npm(directory, 'publish', '--access', 'public')).toMatchObject({ code: 0 });
    const again = await npm(directory, 'publish', '--access', 'public');
    expect(again.code).not.toBe(0);
    expect(again.stderr).toMatch(/E409|E403|cannot publish over/);
    expect(await npm(directory, 'dist-tag', 'add', '@scope/demo@1.0.0', 'dev')).toMatchObject({
      code: 0,
    });
    const found = await packument(registry.url, '@scope%2fdemo');
    expect(found['dist-tags']).toEqual({ latest: '1.0.0', dev: '1.0.0' });
    expect(found.versions['1.0.0']).toMatchObject({
      gitHead: GIT_HEAD,
      dist: { integrity: expect.stringMatching(/^sha512-/) as string },
    });
    expect(await npm(directory, 'view', '@scope/demo', 'gitHead')).toMatchObject({
      code: 0,
      stdout: `${GIT_HEAD}\n`,
    });
  });

  test('a wrong token publishes nothing', async () => {
    await using registry = await startNpmRegistry();
    const directory = await project(registry.url, 'npm_wrong');
    const refused = await npm(directory, 'publish', '--access', 'public');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/E401|ENEEDAUTH/) as string,
    });
    expect((await fetch(`${registry.url}/@scope%2fdemo`)).status).toBe(404);
  });

  test('tarball URLs lead through a proxy before the registry', async () => {
    await using registry = await startNpmRegistry();
    await using proxy = await startRecordingProxy(registry.url);
    const directory = await project(proxy.url, registry.token);
    expect(await npm(directory, 'publish', '--access', 'public')).toMatchObject({ code: 0 });
    expect(
      proxy
        .mutating()
        .map(({ method, status, authorization }) => ({ method, status, authorization })),
    ).toEqual([{ method: 'PUT', status: 201, authorization: true }]);
    expect((await packument(proxy.url, '@scope%2fdemo')).versions['1.0.0']?.dist.tarball).toBe(
      `${proxy.url}/@scope/demo/-/demo-1.0.0.tgz`,
    );
    proxy.clear();
    expect(await npm(directory, 'pack', '@scope/demo@1.0.0')).toMatchObject({ code: 0 });
    expect(existsSync(join(directory, 'package', 'scope-demo-1.0.0.tgz'))).toBe(true);
    expect(proxy.requests.map((request) => request.path)).toContain(
      '/@scope/demo/-/demo-1.0.0.tgz',
    );
    expect(proxy.mutating()).toEqual([]);
  });
});

const withPnpm = needs('pnpm');
withPnpm('pnpm against the npm registry', () => {
  test('publishes and installs', async () => {
    await using registry = await startNpmRegistry();
    const directory = await project(registry.url, registry.token);
    const env = { NPM_CONFIG_USERCONFIG: join(directory, '.npmrc') };
    const published = await client(
      join(directory, 'package'),
      env,
      'pnpm',
      'publish',
      '--no-git-checks',
      '--access',
      'public',
    );
    expect(published).toMatchObject({ code: 0 });
    await mkdir(join(directory, 'consumer'));
    await writeFile(
      join(directory, 'consumer', 'package.json'),
      JSON.stringify({ dependencies: { '@scope/demo': '1.0.0' } }),
    );
    await writeFile(join(directory, 'consumer', '.npmrc'), `registry=${registry.url}/\n`);
    const installed = await client(
      join(directory, 'consumer'),
      env,
      'pnpm',
      'install',
      '--store-dir',
      join(directory, 'store'),
    );
    expect(installed).toMatchObject({ code: 0 });
    expect(
      existsSync(join(directory, 'consumer', 'node_modules', '@scope', 'demo', 'package.json')),
    ).toBe(true);
  });
});

describe('the npm registry', () => {
  test('takes the token as a bearer or as the user’s password, and nothing else', async () => {
    await using registry = await startNpmRegistry({ user: 'ci', token: 'npm_planted' });
    expect(await put(registry, undefined)).toBe(401);
    expect(await put(registry, 'Bearer npm_planted2')).toBe(401);
    expect(await put(registry, basic('ci', 'wrong'))).toBe(401);
    expect(await put(registry, basic('other', 'npm_planted'))).toBe(401);
    expect(await put(registry, 'Bearer npm_planted')).toBe(201);
    expect(await put(registry, basic('ci', 'npm_planted'), 2, 'other')).toBe(201);
    expect(await put(registry, 'Bearer npm_planted')).toBe(409);
  });

  test('lets nobody else register', async () => {
    await using registry = await startNpmRegistry();
    const response = await fetch(`${registry.url}/-/user/org.couchdb.user:mallory`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'mallory', password: 'mallory' }),
    });
    expect(response.status).toBe(403);
  });

  test('takes packages well above verdaccio’s default limit of 10 MB', async () => {
    await using registry = await startNpmRegistry();
    expect(await put(registry, `Bearer ${registry.token}`, 12_000_000)).toBe(201);
  });

  test('two in one process hold different packages and different tokens', async () => {
    await using first = await startNpmRegistry();
    await using second = await startNpmRegistry();
    expect(await put(first, `Bearer ${first.token}`)).toBe(201);
    expect((await fetch(`${second.url}/plain`)).status).toBe(404);
    expect(await put(second, `Bearer ${first.token}`)).toBe(401);
    await first.stop();
    expect(await put(second, `Bearer ${second.token}`)).toBe(201);
    expect(await readFile(second.logFile, 'utf8')).toMatch(
      /PUT \/plain 401\n.* PUT \/plain 201\n$/,
    );
  });

  test('serves the same folder again, with a new token', async () => {
    const directory = await folder();
    const before = await startNpmRegistry({ directory });
    expect(await put(before, `Bearer ${before.token}`)).toBe(201);
    await before.stop();
    await using after = await startNpmRegistry({ directory });
    expect((await fetch(`${after.url}/plain/1.0.0`)).status).toBe(200);
    expect(await put(after, `Bearer ${before.token}`, 2, 'other')).toBe(401);
    expect(await put(after, `Bearer ${after.token}`, 2, 'other')).toBe(201);
  });

  test('writes the token nowhere and nothing to the terminal', async () => {
    const [out, err] = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    await using registry = await startNpmRegistry({ token: 'npm_planted_token' });
    expect(await put(registry, 'Bearer npm_planted_token')).toBe(201);
    const written = [out, err].flatMap((spy) => spy.mock.calls.map(([chunk]) => String(chunk)));
    out.mockRestore();
    err.mockRestore();
    expect(written).toEqual([]);
    const directory = dirname(registry.logFile);
    const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    expect(files.map((entry) => entry.name)).toContain('plain-1.0.0.tgz');
    for (const entry of files)
      expect(await readFile(join(entry.parentPath, entry.name), 'latin1')).not.toContain(
        'npm_planted_token',
      );
  });
});
