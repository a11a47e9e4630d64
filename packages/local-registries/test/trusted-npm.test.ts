import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningNpmRegistry,
  startIdentityIssuer,
  startNpmRegistry,
} from '../src/index.ts';
import { client, folder, type Outcome } from './client.ts';

const TRUSTED = {
  package: '@scope/demo',
  repository: 'ameideio/ameide',
  workflow: 'publish-packages.yml',
};

interface World {
  readonly issuer: RunningIdentityIssuer;
  readonly registry: RunningNpmRegistry;
  /** Runs npm in a job of GitHub Actions, without a token. */
  npm(version: string, ...args: readonly string[]): Promise<Outcome>;
}

async function world({
  claims = {},
  now = Date.now,
}: {
  readonly claims?: ClaimChanges;
  readonly now?: () => number;
} = {}): Promise<World> {
  const issuer = await startIdentityIssuer({ claims });
  onTestFinished(() => issuer.stop());
  const registry = await startNpmRegistry({ trust: { issuer, publishers: [TRUSTED], now } });
  onTestFinished(() => registry.stop());
  const run: World['npm'] = async (version, ...args) => npm(issuer, registry, { version }, ...args);
  return { issuer, registry, npm: run };
}

async function npm(
  issuer: RunningIdentityIssuer,
  registry: RunningNpmRegistry,
  { token, version }: { readonly version: string; readonly token?: string },
  ...args: readonly string[]
): Promise<Outcome> {
  const directory = await folder();
  await mkdir(join(directory, 'package'));
  const manifest = { name: '@scope/demo', version, publishConfig: { access: 'public' } };
  await writeFile(join(directory, 'package/package.json'), JSON.stringify(manifest));
  const credential =
    token === undefined ? '' : `//${new URL(registry.url).host}/:_authToken=${token}\n`;
  const settings = `registry=${registry.url}/\nupdate-notifier=false\n${credential}`;
  await writeFile(join(directory, '.npmrc'), settings);
  const env = {
    GITHUB_ACTIONS: 'true',
    NPM_CONFIG_USERCONFIG: join(directory, '.npmrc'),
    NPM_CONFIG_CACHE: join(directory, 'cache'),
    NPM_CONFIG_LOGLEVEL: 'verbose',
    ...issuer.environment,
  };
  return client(join(directory, 'package'), env, 'npm', ...args);
}

/** Publishes a first version with the registry's token. */
async function publishFirst({ registry }: World): Promise<void> {
  const data = Buffer.from('x').toString('base64');
  const name = TRUSTED.package;
  const version = { name, version: '0.1.0', dist: { integrity: 'sha512-x', tarball: '' } };
  const response = await fetch(`${registry.url}/@scope%2fdemo`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${registry.token}` },
    body: JSON.stringify({
      name,
      'dist-tags': { latest: '0.1.0' },
      versions: { '0.1.0': version },
      _attachments: { 'demo-0.1.0.tgz': { data, length: 1 } },
    }),
  });
  expect(response.status).toBe(201);
}

async function exchange({ registry }: World, token: string): Promise<Response> {
  return fetch(`${registry.url}/-/npm/v1/oidc/token/exchange/package/@scope%2fdemo`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
}

test('npm’s own client publishes with the identity of a job', async () => {
  const here = await world();
  await publishFirst(here);
  const published = await here.npm('1.0.0', 'publish');
  expect(published.stderr).toContain('Successfully retrieved and set token');
  expect(published).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('@scope/demo@1.0.0'),
  });
  expect(here.issuer.requests).toEqual([{ audience: 'npm:127.0.0.1', status: 200 }]);
  const [token] = here.registry.exchanged();
  expect(token).toMatch(/^npm_exchanged_/);
});

test('npm’s own client gets no token for a package that does not exist, and none for another workflow', async () => {
  const first = await world();
  const missing = await first.npm('1.0.0', 'publish');
  expect(missing.code).not.toBe(0);
  expect(missing.stderr).toContain('OIDC token exchange error - package not found');

  const other = await world({ claims: { repository: 'somebody/fork' } });
  await publishFirst(other);
  const refused = await other.npm('1.0.0', 'publish');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('OIDC token exchange error - package not found');
  expect(other.registry.exchanged()).toEqual([]);
});

test('npm’s own client cannot move a dist-tag with an exchanged token', async () => {
  const here = await world();
  await publishFirst(here);
  await exchange(here, here.issuer.token({ aud: 'npm:127.0.0.1' }));
  const [token = ''] = here.registry.exchanged();
  const argv = ['dist-tag', 'add', '@scope/demo@0.1.0', 'next'];
  const tagged = await npm(here.issuer, here.registry, { version: '1.0.0', token }, ...argv);
  expect(tagged.code).not.toBe(0);
  expect(tagged.stderr).toContain('PUT 401');
  const response = await fetch(`${here.registry.url}/-/package/@scope%2fdemo/dist-tags`);
  expect(await response.json()).toEqual({ latest: '0.1.0' });
});

test.each([
  ['for another audience', { aud: 'pypi' }, 401],
  ['for two audiences', { aud: ['npm:127.0.0.1', 'pypi'] as unknown as string }, 401],
  ['that has expired', { exp: 1 }, 401],
  ['of another issuer', { iss: 'https://issuer.example' }, 401],
  ['of a self-hosted runner', { runner_environment: 'self-hosted' as const }, 404],
  [
    'of another file',
    { workflow_ref: 'ameideio/ameide/.github/workflows/other.yml@refs/heads/main' },
    404,
  ],
  ['of the right job', {}, 201],
])('a token %s', async (_, claims, status) => {
  const here = await world();
  await publishFirst(here);
  const token = here.issuer.token({ aud: 'npm:127.0.0.1', ...claims });
  expect((await exchange(here, token)).status).toBe(status);
});

test('a token that the issuer did not sign', async () => {
  const here = await world();
  const forger = await startIdentityIssuer();
  onTestFinished(() => forger.stop());
  await publishFirst(here);
  expect((await exchange(here, forger.token({ aud: 'npm:127.0.0.1' }))).status).toBe(401);
});

test.each([
  ['GET', '/-/whoami', 401],
  ['GET', '/@scope%2fdemo', 200],
  ['PUT', '/-/package/@scope%2fdemo/dist-tags/next', 401],
  ['DELETE', '/-/package/@scope%2fdemo/dist-tags/latest', 401],
  ['PUT', '/@scope%2fother', 401],
  ['PUT', '/@scope%2fdemo', 401],
  ['DELETE', '/@scope%2fdemo/-/demo-0.1.0.tgz/-rev/1', 401],
])(
  'an exchanged token may not %s %s, or needs no token for it (%d)',
  async (method, path, status) => {
    const here = await world();
    await publishFirst(here);
    const aud = 'npm:127.0.0.1';
    const { token } = (await (await exchange(here, here.issuer.token({ aud }))).json()) as {
      token: string;
    };
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'npm-command': 'deprecate',
    };
    const body = method === 'GET' ? null : '"0.1.0"';
    const response = await fetch(`${here.registry.url}${path}`, { method, headers, body });
    expect(response.status).toBe(status);
  },
);

test('an exchanged token expires', async () => {
  let time = Date.now();
  const here = await world({ now: () => time });
  await publishFirst(here);
  await exchange(here, here.issuer.token({ aud: 'npm:127.0.0.1' }));
  const [token] = here.registry.exchanged();
  const publish = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'npm-command': 'publish' };
    const init = { method: 'PUT', headers, body: '{}' };
    return (await fetch(`${here.registry.url}/@scope%2fdemo`, init)).status;
  };
  expect(await publish()).not.toBe(401);
  time += 15 * 60_000;
  expect(await publish()).toBe(401);
});
