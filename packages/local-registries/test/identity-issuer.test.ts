import { getIDToken } from '@actions/core';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  type IdentityIssuerOptions,
  type RunningIdentityIssuer,
  startIdentityIssuer,
} from '../src/index.ts';

async function issuer(options?: IdentityIssuerOptions): Promise<RunningIdentityIssuer> {
  const started = await startIdentityIssuer(options);
  onTestFinished(() => started.stop());
  return started;
}

/** Asks as a job does, without a library. */
async function ask(
  { environment }: RunningIdentityIssuer,
  audience?: string,
  token = environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN,
  init: RequestInit = {},
): Promise<Response> {
  const query = audience === undefined ? '' : `&audience=${encodeURIComponent(audience)}`;
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${environment.ACTIONS_ID_TOKEN_REQUEST_URL}${query}`, { headers, ...init });
}

test('GitHub’s own client gets a token, whose signature and claims are those of a job', async () => {
  const started = await issuer({ claims: { repository: 'octo/sdks', ref: 'refs/tags/v1.2.3' } });
  for (const [name, value] of Object.entries(started.environment)) vi.stubEnv(name, value);
  const masked = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const token = await getIDToken('sigstore').finally(() => {
    masked.mockRestore();
    vi.unstubAllEnvs();
  });
  const keys = createRemoteJWKSet(new URL(started.jwksUrl));
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: 'https://token.actions.githubusercontent.com',
    audience: 'sigstore',
    algorithms: ['RS256'],
  });
  expect(protectedHeader).toMatchObject({ typ: 'JWT', alg: 'RS256' });
  const workflow = 'octo/sdks/.github/workflows/publish-packages.yml@refs/tags/v1.2.3';
  expect(payload).toMatchObject({
    sub: 'repo:octo/sdks:ref:refs/tags/v1.2.3',
    repository: 'octo/sdks',
    repository_owner: 'octo',
    workflow_ref: workflow,
    job_workflow_ref: workflow,
    ref_type: 'tag',
    event_name: 'push',
    runner_environment: 'github-hosted',
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  expect(started.secrets()).toEqual([started.environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN, token]);
  expect(started.requests).toEqual([{ audience: 'sigstore', status: 200 }]);
});

test('the discovery document names the keys, and the issuer that tokens name', async () => {
  const github = await issuer();
  const own = await issuer({ issuer: 'own' });
  for (const started of [github, own]) {
    const response = await fetch(`${started.url}/.well-known/openid-configuration`);
    const document = (await response.json()) as Record<string, unknown>;
    expect(document).toMatchObject({ issuer: started.issuer, jwks_uri: started.jwksUrl });
    const claims = decodeJwt(started.token({ environment: 'release' }));
    expect(claims.iss).toBe(started.issuer);
    expect(document['claims_supported']).toEqual(Object.keys(claims));
  }
  expect(own.issuer).toBe(own.url);
});

test('another job has claims, variables and a request token of its own', async () => {
  const started = await issuer({ claims: { repository: 'octo/sdks' } });
  const [sha, ref] = ['c'.repeat(40), 'refs/tags/v1.2.3'];
  const job = started.startJob({ ref, sha });
  expect(job).toMatchObject({
    GITHUB_REPOSITORY: 'octo/sdks',
    GITHUB_REF: ref,
    GITHUB_SHA: sha,
    ACTIONS_ID_TOKEN_REQUEST_URL: started.environment.ACTIONS_ID_TOKEN_REQUEST_URL,
  });
  const claimsOf = async (token?: string): Promise<unknown> => {
    const answer = (await (await ask(started, 'sigstore', token)).json()) as { value: string };
    return decodeJwt(answer.value);
  };
  const own = job['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  expect(await claimsOf(own)).toMatchObject({ repository: 'octo/sdks', ref, sha });
  expect(await claimsOf()).toMatchObject({ ref: 'refs/heads/main' });
  expect(started.secrets()).toContain(own);
});

test('the variables of the job agree with the claims of its tokens', async () => {
  const claims = { repository: 'octo/sdks', ref: 'refs/tags/v1.2.3', sha: 'c'.repeat(40) };
  const started = await issuer({ claims });
  const made = decodeJwt(started.token());
  for (const name of ['repository', 'repository_id', 'workflow_ref', 'ref', 'ref_type', 'sha'])
    expect(started.job[`GITHUB_${name.toUpperCase()}`]).toBe(made[name]);
  expect(started.job).toMatchObject({ GITHUB_REF_NAME: 'v1.2.3', GITHUB_ACTIONS: 'true' });
});

test('without an audience the token is for the repository’s owner; each has its own jti', async () => {
  const started = await issuer({ claims: { repository: 'octo/sdks' } });
  const tokens = await Promise.all(
    [undefined, undefined].map(
      async () => (await ask(started)).json() as Promise<{ value: string; count: number }>,
    ),
  );
  const claims = tokens.map(({ value }) => decodeJwt(value));
  expect(claims.map(({ aud }) => aud)).toEqual([
    'https://github.com/octo',
    'https://github.com/octo',
  ]);
  expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
});

test('a wrong request token gets no identity', async () => {
  const started = await issuer();
  const refused = await ask(started, 'npm:registry.npmjs.org', 'another');
  expect(refused.status).toBe(401);
  expect(started.secrets()).toHaveLength(1);
  expect(started.requests).toEqual([{ audience: 'npm:registry.npmjs.org', status: 401 }]);
});

test('a test can have any token signed: expired, of another repository, of an environment', async () => {
  const started = await issuer({ claims: { repository: 'octo/sdks' } });
  const keys = createRemoteJWKSet(new URL(started.jwksUrl));
  await expect(jwtVerify(started.token({ exp: 1 }), keys)).rejects.toThrow(/exp/);
  expect(decodeJwt(started.token({ repository: 'mallory/sdks' }))).toMatchObject({
    sub: 'repo:mallory/sdks:ref:refs/heads/main',
    repository_owner: 'mallory',
    aud: 'https://github.com/mallory',
  });
  expect(decodeJwt(started.token({ environment: 'release' })).sub).toBe(
    'repo:octo/sdks:environment:release',
  );
  expect(decodeJwt(started.token({ event_name: 'pull_request' })).sub).toBe(
    'repo:octo/sdks:pull_request',
  );
  expect(decodeJwt(started.token({ sub: undefined }))).not.toHaveProperty('sub');
  expect(started.secrets()).toHaveLength(6);
  const other = await issuer();
  await expect(jwtVerify(other.token(), keys)).rejects.toThrow(/no applicable key/);
});

test('the endpoint fails in the ways that a test asks for, and works again', async () => {
  const started = await issuer();
  started.misbehave({ kind: 'status', status: 403 });
  expect((await ask(started, 'a')).status).toBe(403);
  started.misbehave({ kind: 'garbage' });
  await expect((await ask(started, 'a')).json()).rejects.toThrow(SyntaxError);
  started.misbehave({ kind: 'empty' });
  expect(await (await ask(started, 'a')).json()).toEqual({});
  started.misbehave({ kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' });
  const sent = await ask(started, 'a', undefined, { redirect: 'manual' });
  expect([sent.status, sent.headers.get('location')]).toEqual([
    302,
    'http://127.0.0.1:1/elsewhere',
  ]);
  started.misbehave({ kind: 'hang' });
  const abort = new AbortController();
  const hanging = ask(started, 'a', undefined, { signal: abort.signal });
  await vi.waitFor(() => expect(started.requests.at(-1)?.status).toBe(0));
  abort.abort();
  await expect(hanging).rejects.toThrow(/abort/i);
  started.misbehave();
  expect((await ask(started, 'a')).status).toBe(200);
  expect(started.requests.map(({ status }) => status)).toEqual([403, 200, 200, 302, 0, 200]);
});

test('stopping ends a request that hangs', async () => {
  const started = await issuer();
  started.misbehave({ kind: 'hang' });
  const hanging = ask(started, 'a').then(
    () => 'answered',
    () => 'ended',
  );
  await vi.waitFor(() => expect(started.requests).toHaveLength(1));
  await started.stop();
  expect(await hanging).toBe('ended');
});
