import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type IdentityFault, startRecordingProxy } from '@ameide/local-registries';
import type { SigningIdentity } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findIdentity } from '../../src/identity/index.ts';
import { createHttp, Secret } from '../../src/index.ts';
import {
  COSIGN_SIGN,
  checkOwnIdentity,
  keylessSigner,
  statementOf,
} from '../../src/sigstore/index.ts';
import { DIGEST, IDENTITY, signingLab } from './signed.ts';

const signal = AbortSignal.timeout(60_000);
const statement = statementOf(DIGEST, { predicateType: COSIGN_SIGN });

/** A server that answers everything so, and remembers what it got. */
async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

describe('Fulcio', () => {
  test.each([
    ['an expired token', { exp: 1, iat: 1 }],
    ['a token for another audience', { aud: 'pypi' }],
    ['a token of an unknown issuer', { iss: 'https://issuer.example' }],
  ])('refuses %s: an authentication problem, and nothing is logged', async (_what, claims) => {
    const lab = await signingLab();
    const token = new Secret(lab.issuer.token({ aud: 'sigstore', ...claims }));
    const identity = { token: async () => ({ value: token }) };
    const signer = keylessSigner(lab.sigstore, { http: createHttp({ attempts: 1 }), identity });
    const { problems } = await signer.sign(statement, signal);
    expect(problems?.[0]).toMatchObject({ kind: 'authentication', effect: 'none' });
    expect(JSON.stringify(problems)).not.toContain(token.reveal());
    expect(lab.running.entries()).toEqual([]);
  });

  test.each<[string, number, string, string]>([
    ['garbage', 200, '<!doctype html>', 'sigstore-malformed'],
    ['no certificate', 201, '{}', 'sigstore-malformed'],
    ['503', 503, '{}', 'sigstore-unavailable'],
  ])('answers %s: a problem', async (_what, status, body, code) => {
    const lab = await signingLab();
    const { url } = await answering(status, body);
    expect(await signWith(lab, { fulcio: url })).toMatchObject({ code, effect: 'none' });
    expect(lab.running.entries()).toEqual([]);
  });

  test('is asked again where it was away for a moment', async () => {
    const lab = await signingLab();
    let isAway = true;
    const proxy = await startRecordingProxy(lab.sigstore.fulcio, {
      fault() {
        const wasAway = isAway;
        isAway = false;
        return wasAway ? { kind: 'status', status: 503 } : undefined;
      },
    });
    onTestFinished(async () => proxy[Symbol.asyncDispose]());
    const http = createHttp({ sleep: async () => undefined });
    const identity = findIdentity({ GITHUB_ACTIONS: 'true', ...lab.issuer.environment }, http);
    if (identity === undefined) throw new Error('the job has an identity');
    const signer = keylessSigner({ ...lab.sigstore, fulcio: proxy.url }, { http, identity });
    expect((await signer.sign(statement, signal)).problems).toBeUndefined();
    expect(proxy.requests.map(({ status }) => status)).toEqual([503, 200]);
  });

  test('redirects: the identity token does not follow', async () => {
    const lab = await signingLab();
    const elsewhere = await answering(200, '{}');
    const { url } = await answering(307, '', { location: `${elsewhere.url}/api/v2/signingCert` });
    expect(await signWith(lab, { fulcio: url })).toMatchObject({ code: 'sigstore-redirect' });
    expect(elsewhere.bodies).toEqual([]);
  });
});

describe('the log', () => {
  test.each([
    ['garbage', 201, '<!doctype html>'],
    ['a refusal', 400, '{"message":"no"}'],
    ['nothing', 201, '{}'],
  ])('answers %s: a problem', async (_what, status, body) => {
    const lab = await signingLab();
    const { url } = await answering(status, body);
    expect(await signWith(lab, { rekor: url })).toMatchObject({
      code: 'sigstore-log-failed',
      effect: 'none',
    });
  });

  test('gets no identity token', async () => {
    const lab = await signingLab();
    const { bodies, url } = await answering(400, '{}');
    await signWith(lab, { rekor: url });
    expect(bodies.length).toBeGreaterThan(0);
    for (const secret of lab.issuer.secrets()) expect(bodies.join('')).not.toContain(secret);
  });
});

test('a timestamp authority that fails is a problem', async () => {
  const lab = await signingLab();
  const { url } = await answering(400, '{"message":"no"}');
  expect(await signWith(lab, { timestamps: url })).toMatchObject({
    code: 'sigstore-timestamp-failed',
  });
});

test('each signature has an identity token and a key of its own', async () => {
  const lab = await signingLab();
  await lab.sign();
  await lab.sign();
  expect(lab.issuer.requests).toMatchObject([{ audience: 'sigstore' }, { audience: 'sigstore' }]);
  expect(new Set(lab.running.certificates().map(keyOf)).size).toBe(2);
});

describe('before anything is published, a job', () => {
  const ask = async (
    claims: Parameters<typeof signingLab>[0],
    fault?: IdentityFault,
    expected: SigningIdentity = IDENTITY,
  ) => {
    const lab = await signingLab(claims);
    lab.issuer.misbehave(fault);
    const http = createHttp({ attempts: 1 });
    const identity = findIdentity({ GITHUB_ACTIONS: 'true', ...lab.issuer.environment }, http);
    if (identity === undefined) throw new Error('the job has an identity');
    return checkOwnIdentity(identity, expected, signal);
  };

  test('that may sign has no problem', async () => {
    expect(await ask({})).toBeUndefined();
    expect(await ask({ ref: 'refs/tags/v1.0.0' })).toBeUndefined();
  });

  test.each([
    ['of another repository', { repository: 'somebody/else' }],
    ['of a pull request', { ref: 'refs/pull/7/merge' }],
    [
      'of a pull request, in a reusable workflow of the main branch',
      {
        ref: 'refs/pull/7/merge',
        job_workflow_ref: 'ameideio/ameide/.github/workflows/publish-packages.yml@refs/heads/main',
      },
    ],
    [
      'in another workflow',
      { job_workflow_ref: 'ameideio/ameide/.github/workflows/x.yml@refs/heads/main' },
    ],
    [
      'in a reusable workflow of another repository',
      { job_workflow_ref: 'o/shared/.github/workflows/publish-packages.yml@refs/heads/main' },
    ],
  ])('%s is refused', async (_which, claims) => {
    expect(await ask(claims)).toMatchObject({ code: 'sigstore-other-identity', kind: 'policy' });
  });

  test('for a ref that does not count is refused, and the ref is named', async () => {
    const expected = { ...IDENTITY, refs: ['refs/tags/v*'] };
    expect(await ask({ ref: 'refs/heads/main' }, undefined, expected)).toMatchObject({
      code: 'sigstore-other-identity',
      message: expect.stringContaining(
        'accepted: its run was for refs/heads/main, not for refs/tags/v*',
      ),
    });
    expect(await ask({ ref: 'refs/tags/v1.0.0' }, undefined, expected)).toBeUndefined();
  });

  test('whose endpoint fails has the problem of the endpoint', async () => {
    expect(await ask({}, { kind: 'status', status: 403 })).toMatchObject({
      kind: 'authentication',
    });
  });
});

function keyOf({ pem }: { readonly pem: string }): string {
  const { publicKey } = new X509Certificate(pem);
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

async function signWith(lab: Awaited<ReturnType<typeof signingLab>>, changes: object) {
  const http = createHttp({ attempts: 1 });
  const identity = findIdentity({ GITHUB_ACTIONS: 'true', ...lab.issuer.environment }, http);
  if (identity === undefined) throw new Error('the job has an identity');
  const signer = keylessSigner({ ...lab.sigstore, ...changes }, { http, identity });
  const { problems } = await signer.sign(statement, signal);
  for (const secret of lab.issuer.secrets()) expect(JSON.stringify(problems)).not.toContain(secret);
  return problems?.[0];
}
