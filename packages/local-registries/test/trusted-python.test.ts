import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { component, needs } from '../src/components.ts';
import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningTrustingIndex,
  startIdentityIssuer,
  startPythonIndex,
} from '../src/index.ts';
import { folder } from './client.ts';
import { type ClientResult, runClient } from './client-process.ts';
import { wheel } from './python-distributions.ts';

const PUBLISHER = {
  project: 'trusted',
  repository: 'ameideio/ameide',
  workflow: 'publish-packages.yml',
};

interface World {
  readonly issuer: RunningIdentityIssuer;
  readonly index: RunningTrustingIndex;
}

interface WorldOptions {
  readonly claims?: ClaimChanges;
  readonly publishers?: readonly (typeof PUBLISHER & { readonly isPending?: true })[];
  readonly now?: () => number;
}

const PENDING = { ...PUBLISHER, isPending: true } as const;

async function world({
  claims = {},
  now = Date.now,
  publishers = [PENDING],
}: WorldOptions = {}): Promise<World> {
  const issuer = await startIdentityIssuer({ claims });
  onTestFinished(() => issuer.stop());
  const index = await startPythonIndex({ trust: { issuer, publishers }, now });
  onTestFinished(() => index.stop());
  return { issuer, index };
}

interface Answer {
  readonly status: number;
  readonly token?: string;
  readonly code?: string;
  readonly description?: string;
}

async function mint({ index }: World, body: string): Promise<Answer> {
  const response = await fetch(`${index.url}/_/oidc/mint-token`, { method: 'POST', body });
  const { errors, token } = (await response.json()) as {
    readonly token?: string;
    readonly errors?: readonly { readonly code: string; readonly description: string }[];
  };
  return { status: response.status, ...(token === undefined ? {} : { token }), ...errors?.[0] };
}

const mintFor = async (here: World, claims: ClaimChanges = {}): Promise<Answer> =>
  mint(here, JSON.stringify({ token: here.issuer.token({ aud: 'pypi', ...claims }) }));

async function upload(
  { index }: World,
  token: string | undefined,
  name = 'trusted',
): Promise<number> {
  const { bytes, fileName } = wheel({ name });
  const form = new FormData();
  const fields = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name,
    version: '1.0',
    filetype: 'bdist_wheel',
    pyversion: 'py3',
    sha256_digest: createHash('sha256').update(bytes).digest('hex'),
  };
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('content', new Blob([new Uint8Array(bytes)]), fileName);
  const authorization = `Basic ${Buffer.from(`__token__:${token}`).toString('base64')}`;
  const init = { method: 'POST', body: form, headers: { authorization } };
  return (await fetch(index.uploadUrl, init)).status;
}

test('an index without trusted publishing has none of its pages', async () => {
  const index = await startPythonIndex();
  onTestFinished(() => index.stop());
  expect((await fetch(`${index.url}/_/oidc/audience`)).status).toBe(404);
  const minted = await fetch(`${index.url}/_/oidc/mint-token`, { method: 'POST', body: '{}' });
  expect(minted.status).toBe(404);
});

test('a minted token uploads to its projects for 900 seconds, and to no other', async () => {
  let time = Date.now();
  const here = await world({ now: () => time });
  const audience = await fetch(`${here.index.url}/_/oidc/audience`);
  expect(await audience.json()).toEqual({ audience: 'pypi' });
  const { token } = await mintFor(here);
  expect(token).toMatch(/^pypi-minted-/);
  expect(await upload(here, token, 'other')).toBe(403);
  expect(await upload(here, token)).toBe(200);
  time += 899_000;
  expect(await upload(here, token)).toBe(200);
  time += 1000;
  expect(await upload(here, token)).toBe(403);
});

test('an identity token is taken once', async () => {
  const here = await world();
  const body = JSON.stringify({ token: here.issuer.token({ aud: 'pypi' }) });
  expect((await mint(here, body)).status).toBe(200);
  expect(await mint(here, body)).toEqual({
    status: 422,
    code: 'invalid-reuse-token',
    description: 'invalid token: already used',
  });
});

test('one token mints for each project of the publisher; each pending one is made by a mint of its own', async () => {
  const publishers = [PENDING, { ...PENDING, project: 'Second.One' }];
  const here = await world({ publishers });
  const first = await mintFor(here);
  expect(await upload(here, first.token, 'second-one')).toBe(403);
  const second = await mintFor(here);
  expect(await upload(here, second.token, 'second-one')).toBe(200);
  expect(await upload(here, second.token)).toBe(200);
});

describe('no token', () => {
  test.each([
    ['for another audience', { aud: 'testpypi' }, 'invalid-token'],
    ['for two audiences', { aud: ['pypi', 'sigstore'] as unknown as string }, 'invalid-token'],
    ['that has expired', { exp: 1 }, 'invalid-token'],
    ['that is not valid yet', { nbf: 9_999_999_999 }, 'invalid-token'],
    ['without the time of its making', { iat: undefined }, 'invalid-token'],
    ['of another issuer', { iss: 'https://issuer.example' }, 'invalid-payload'],
    ['of another repository', { repository: 'somebody/fork' }, 'invalid-publisher'],
    [
      'of another workflow’s job',
      { job_workflow_ref: 'ameideio/ameide/.github/workflows/reusable.yml@refs/heads/main' },
      'invalid-publisher',
    ],
    ['of pull_request_target', { event_name: 'pull_request_target' }, 'invalid-publisher'],
  ])('for one %s', async (_, claims, code) => {
    expect(await mintFor(await world(), claims)).toMatchObject({ status: 422, code });
  });

  test('for one that another key signed', async () => {
    const here = await world();
    const forger = await startIdentityIssuer();
    onTestFinished(() => forger.stop());
    const body = JSON.stringify({ token: forger.token({ aud: 'pypi' }) });
    expect(await mint(here, body)).toMatchObject({ status: 422, code: 'invalid-token' });
  });

  test.each(['', '{}', '{"token":1}', '{"token":"abc"}'])('for the body %j', async (body) => {
    expect(await mint(await world(), body)).toMatchObject({ status: 422, code: 'invalid-payload' });
  });

  test('for a project that does not exist and has no pending publisher', async () => {
    const here = await world({ publishers: [PUBLISHER] });
    expect(await mintFor(here)).toMatchObject({ code: 'invalid-publisher' });
  });
});

interface Tls {
  readonly url: string;
  /** The certificate, to trust. */
  readonly file: string;
}

/** Real clients ask for trusted publishing over https alone: a server with TLS before the index. */
async function behindTls({ index }: World): Promise<Tls> {
  const directory = await folder();
  const [key, file] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const extensions = ['subjectAltName=DNS:localhost', 'basicConstraints=critical,CA:FALSE'];
  const subject = ['-subj', '/CN=localhost', ...extensions.flatMap((one) => ['-addext', one])];
  const form = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const [program = 'openssl'] = component('openssl').command ?? [];
  await promisify(execFile)(program, ['req', ...form, '-keyout', key, '-out', file, ...subject]);
  const pair = { key: await readFile(key), cert: await readFile(file) };
  const server = createServer(pair, (request, response) => {
    const { headers, method, url = '/' } = request;
    const onward = httpRequest(`${index.url}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, file };
}

// twine asks pypi.org and test.pypi.org alone.
needs('uv', 'openssl')('uv without a token', () => {
  async function publish(here: World): Promise<ClientResult> {
    const tls = await behindTls(here);
    const { bytes, fileName } = wheel({ name: 'trusted' });
    const path = join(await folder(), fileName);
    await writeFile(path, bytes);
    const job = { GITHUB_ACTIONS: 'true', ...here.issuer.environment };
    const [uv = 'uv', ...words] = component('uv').command ?? [];
    const to = ['--publish-url', `${tls.url}/legacy/`, path];
    const argv = [uv, ...words, 'publish', '--trusted-publishing', 'always', ...to];
    return runClient(argv, { ...job, SSL_CERT_FILE: tls.file });
  }

  test('publishes with the identity of a job', async () => {
    const here = await world();
    const result = await publish(here);
    expect(result).toMatchObject({ code: 0 });
    expect(here.index.minted()).toHaveLength(1);
    const page = await fetch(`${here.index.simpleUrl}trusted/`);
    expect(await page.text()).toContain('trusted-1.0-py3-none-any.whl');
  });

  test('publishes nothing for a job that the project does not trust', async () => {
    const here = await world({ claims: { repository: 'somebody/fork' } });
    const result = await publish(here);
    expect(result.code).not.toBe(0);
    expect(result.output).toContain('invalid-publisher');
    expect(here.index.minted()).toEqual([]);
  });
});
