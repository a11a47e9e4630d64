import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type Fault,
  type RecordedRequest,
  readPackage,
  recorded,
  startIdentityIssuer,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startArgvSampler } from '../packages/publisher-kit/src/contract/argv-sampler.ts';
import { type ProcessResult, runProcess } from '../packages/release/test/support/process.ts';

// A release of a GitHub Actions job without any stored token but the image's: two npm packages, a Python project and an
// image, published by `ameide-release` processes. The issuer and the exchanges are stand-ins.

const from = (name: string): string => JSON.stringify(import.meta.resolve(name));
const CONFIG = `
import { configuration } from ${from('@ameide/publisher-configuration')};
import { ghcr } from ${from('@ameide/publisher-ghcr')};
import { npm } from ${from('@ameide/publisher-npm')};
import { pypi } from ${from('@ameide/publisher-pypi')};
const { NPM, PYTHON, OCI, OCI_NAME, OCI_KEY } = process.env;
const trusted = { registry: NPM, trustedPublishing: true };
const index = { uploadUrl: PYTHON + '/legacy/', simpleUrl: PYTHON + '/simple/', trustedPublishing: true };
export default {
  versionFile: 'packages/core/package.json',
  repository: 'https://github.com/ameideio/ameide',
  publishers: [
    npm({ directory: 'packages/sdk', build: ['node', 'look.js'], ...trusted }),
    npm({ directory: 'packages/core', ...trusted }),
    configuration({ directory: 'settings', carriers: [pypi.bundle('ameide-settings', index)] }),
    ghcr({ image: OCI + '/ameideio/sdk', files: 'packages/core', user: OCI_NAME, token: OCI_KEY }),
  ],
};
`;

/** A build that publishes all that it can see of its environment. */
const LOOK = `
const { readFileSync, writeFileSync } = require('node:fs');
writeFileSync('seen.json', JSON.stringify({ env: process.env, argv: process.argv, own: readFileSync('/proc/self/environ', 'latin1') }));
`;

const FILES = {
  'package.json': { name: 'root', private: true },
  'pnpm-workspace.yaml': 'packages: [packages/*]\n',
  'packages/core/package.json': { name: '@ameideio/core', version: '0.1.0' },
  'packages/core/index.js': '',
  'packages/sdk/package.json': {
    name: '@ameideio/sdk',
    version: '0.0.0',
    files: ['seen.json'],
    dependencies: { '@ameideio/core': 'workspace:*' },
  },
  'packages/sdk/look.js': LOOK,
  'settings/a.json': '{}\n',
  'release.config.ts': CONFIG,
};

const JOB = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };

async function world() {
  const issuer = await startIdentityIssuer();
  const packages = ['@ameideio/core', '@ameideio/sdk'];
  const publishers = packages.map((name) => ({ package: name, ...JOB }));
  const settings = { project: 'ameide-settings', isPending: true as const, ...JOB };
  const order: string[] = [];
  const onRequest = ({ method, mutating, path }: RecordedRequest): void => {
    if (mutating) order.push(`${method} ${path.replace(/\?.*/, '')}`);
  };
  const fault: { npm?: Fault } = {};
  const [npm, python, oci] = await Promise.all([
    recorded(startNpmRegistry({ trust: { issuer, publishers } }), {
      onRequest,
      fault: ({ path }) => (path.startsWith('/-/npm/v1/oidc/') ? fault.npm : undefined),
    }),
    recorded(
      startPythonIndex({ trust: { issuer, publishers: [settings], audience: 'index.example' } }),
      {
        onRequest,
      },
    ),
    recorded(startOciRegistry(), { onRequest }),
  ]);
  const temporary = await mkdtemp(join(tmpdir(), 'trusted-publishing-'));
  const repository = createTestRepository({ origin: 'https://github.com/ameideio/ameide' });
  onTestFinished(async () => {
    await Promise.all([npm, python, oci].map(async (one) => one[Symbol.asyncDispose]()));
    await issuer.stop();
    await rm(temporary, { recursive: true, force: true });
    await repository[Symbol.asyncDispose]();
  });
  const sha = repository.commit({ files: FILES });
  for (const name of packages) await publishFirst(npm.registry, name);
  npm.proxy.clear();
  const env = {
    NPM: npm.proxy.url,
    PYTHON: python.proxy.url,
    OCI: new URL(oci.proxy.url).host,
    OCI_NAME: oci.registry.user,
    OCI_KEY: oci.registry.password,
    TMPDIR: temporary,
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: sha,
    GITHUB_REPOSITORY: 'ameideio/ameide',
    GITHUB_SERVER_URL: 'https://github.com',
  };
  const secrets = (): readonly string[] => [
    ...issuer.secrets(),
    ...npm.registry.exchanged(),
    ...python.registry.minted(),
  ];
  const run = async (
    argv: readonly string[],
    identity: Readonly<Record<string, string>> = issuer.environment,
  ): Promise<ProcessResult> =>
    runProcess(['-C', repository.directory, ...argv], { env: { ...env, ...identity } });
  const left = async (): Promise<readonly string[]> => readdir(temporary);
  const built = join(temporary, 'built');
  const config = join(repository.directory, 'release.config.ts');
  return { built, config, fault, issuer, left, npm, order, python, run, secrets, sha };
}

/** The first version of a package needs a token. */
async function publishFirst(
  { token, url }: { readonly token: string; readonly url: string },
  name: string,
): Promise<void> {
  const version = { name, version: '0.0.1', dist: { integrity: 'sha512-x', tarball: '' } };
  const response = await fetch(`${url}/${name.replace('/', '%2f')}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      name,
      'dist-tags': { latest: '0.0.1' },
      versions: { '0.0.1': version },
      _attachments: { [`${name}-0.0.1.tgz`]: { data: 'eA==', length: 1 } },
    }),
  });
  expect(response.status).toBe(201);
}

test('a whole release without a stored token, its order, and no secret anywhere', {
  timeout: 120_000,
}, async () => {
  const { issuer, left, npm, order, python, run, secrets, sha } = await world();
  const plan = await run(['plan', '--json']);
  expect(plan.code).toBe(0);
  const { notes } = JSON.parse(plan.stdout) as { readonly notes: readonly string[] };
  for (const id of ['npm:@ameideio/core', 'npm:@ameideio/sdk', 'pypi:ameide-settings'])
    expect(notes.filter((note) => note.startsWith(`${id} is published to `))).toHaveLength(1);
  const shown = await run(['plan']);
  expect(shown.stdout).toContain(
    'without a stored token: this GitHub Actions job proves its identity',
  );
  expect(order).toEqual([]);

  using argv = startArgvSampler();
  // With NODE_DEBUG Node itself shows the headers of requests.
  const published = await run(['publish', '--json', '--verbose'], {
    ...issuer.environment,
    NODE_DEBUG: 'http,http2,net,undici,fetch,stream',
  });
  expect(JSON.parse(published.stdout)).toMatchObject({ status: 'converged', problems: [] });
  expect(published.code).toBe(0);
  expect(published.stderr).toMatch(/^HTTP \d+:/m);
  const uploads = order.filter((one) => /^(?:PUT \/@|POST \/legacy)/.test(one));
  const [core, sdk] = ['PUT /@ameideio%2fcore', 'PUT /@ameideio%2fsdk'];
  expect(uploads.toSorted()).toEqual(['POST /legacy/', 'POST /legacy/', core, sdk]);
  expect(uploads.indexOf(core)).toBeLessThan(uploads.indexOf(sdk));
  // What only a pointer makes visible comes first; the image's tag comes after everything.
  const manifests = order.flatMap((one, index) => (one.includes('/manifests/') ? [index] : []));
  const first = Math.min(...uploads.map((one) => order.indexOf(one)));
  expect(manifests.some((index) => index < first)).toBe(true);
  expect(order.at(-1)).toContain('/manifests/dev');
  const version = /0\.1\.0-dev\.\d+/.exec(published.stdout)?.[0];
  for (const name of ['@ameideio/core', '@ameideio/sdk'])
    expect(await readPackage(npm.registry.url, name)).toMatchObject({
      tags: { latest: '0.0.1', dev: version },
      versions: { [version ?? '']: expect.stringContaining(sha) as string },
    });

  order.length = 0;
  const again = await run(['publish', '--json']);
  expect([again.code, order]).toEqual([0, []]);

  const tarball = await fetch(`${npm.registry.url}/@ameideio/sdk/-/sdk-${version}.tgz`);
  const seen = gunzipSync(await tarball.arrayBuffer()).toString('latin1');
  expect(seen).toContain('AMEIDE_SHA');
  expect(seen).not.toContain('ACTIONS_ID_TOKEN');
  const logs = await Promise.all([npm, python].map(({ registry }) => readFile(registry.logFile)));
  const everything = [plan, shown, published, again].flatMap(({ stderr, stdout }) => [
    stdout,
    stderr,
  ]);
  const texts = [...everything, ...argv.seen(), seen, ...logs.map(String)];
  expect(argv.canSee && argv.seen().some((line) => line.includes('publish'))).toBe(true);
  expect(secrets().length).toBeGreaterThan(8);
  for (const secret of secrets())
    expect(
      texts.filter((text) => text.includes(secret)),
      secret.slice(0, 8),
    ).toEqual([]);
  expect(await left()).toEqual([]);
});

test('the jobs of the workflow: a build without an identity, a publication of its folder, a promotion', {
  timeout: 120_000,
}, async () => {
  const { built, config, issuer, npm, order, run } = await world();
  const build = await run(['build', '--out', built, '--json'], {});
  expect(build.code).toBe(0);
  expect(issuer.requests).toEqual([]);
  const from = ['--from', built, '--config', config];
  const held = await run(['publish', ...from, '--hold-pointers', '--json']);
  expect(JSON.parse(held.stdout)).toMatchObject({ status: 'converged', problems: [] });
  expect(await readPackage(npm.registry.url, '@ameideio/sdk')).toMatchObject({
    tags: { dev: expect.stringMatching(/^0\.1\.0-dev/) as string },
  });
  order.length = 0;
  const promoted = await run(['promote', '--json']);
  expect(promoted.code).toBe(0);
  const { pointers } = JSON.parse(promoted.stdout) as {
    readonly pointers: readonly { readonly name: string; readonly outcome: string }[];
  };
  expect(
    pointers.map(({ name, outcome }) => `${name.split(':')[0]} ${outcome}`).toSorted(),
  ).toEqual(['npm already', 'npm already', 'oci moved']);
  expect(order).toEqual([expect.stringContaining('/manifests/dev')]);
});

test('a job without the permission, and an exchange that answers garbage: nothing is sent anywhere', {
  timeout: 60_000,
}, async () => {
  const { fault, order, run, secrets } = await world();
  const without = await run(['publish', '--json'], {});
  expect(without.code).toBe(6);
  const { problems } = JSON.parse(without.stdout) as {
    readonly problems: readonly { readonly code: string; readonly hint: string }[];
  };
  expect(new Set(problems.map(({ code }) => code))).toEqual(
    new Set(['npm-no-token', 'pypi-no-token']),
  );
  for (const { hint } of problems) expect(hint).toContain('`permissions: id-token: write`');

  fault.npm = { kind: 'status', status: 200, body: '<html>Sign in</html>' };
  const garbage = await run(['publish', '--json']);
  expect(garbage.code).toBe(3);
  expect(JSON.parse(garbage.stdout)).toMatchObject({
    problems: [{ code: 'npm-malformed' }, { code: 'npm-malformed' }],
  });
  expect(order).toEqual([]);
  for (const secret of secrets())
    expect(without.stdout + without.stderr + garbage.stdout + garbage.stderr).not.toContain(secret);
});
