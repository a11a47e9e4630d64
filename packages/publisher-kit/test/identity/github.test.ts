import { inspect } from 'node:util';
import { createHttp, type Http, observeTraffic } from '@ameide/publisher-kit';
import { findIdentity, type Identity } from '@ameide/publisher-kit/identity';
import { describe, expect, test } from 'vitest';
import { serve, type TestServer } from '../server.ts';
import { NOW, tokenWith } from './tokens.ts';

const REQUEST_TOKEN = 'request-token-0123456789';
const signal = new AbortController().signal;

function identityAt(address: string, http: Http = createHttp({ attempts: 1 })): Identity {
  const env = {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: address,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
  };
  const identity = findIdentity(env, http, () => NOW);
  if (identity === undefined) throw new TypeError('no identity');
  return identity;
}

const answering = (body: string, status = 200): Promise<TestServer> =>
  serve((_, response) => response.writeHead(status).end(body));

test('a new token for each use, from the address with the audience added', async () => {
  const tokens = [tokenWith({ jti: '1' }), tokenWith({ jti: '2' })];
  await using server = await serve((_, response, count) =>
    response.end(JSON.stringify({ value: tokens[count - 1] })),
  );
  const requests: string[] = [];
  const stop = observeTraffic({
    request: ({ url }) => requests.push(url),
    program: () => undefined,
  });
  const identity = identityAt(`${server.url}/token?api-version=2.0`);
  expect(identity.provider).toBe('github');
  const first = await identity.token('pypi', signal);
  const second = await identity.token('pypi', signal);
  stop();
  expect([first.value?.reveal(), second.value?.reveal()]).toEqual(tokens);
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(
    Array(2).fill('GET /token?api-version=2.0&audience=pypi'),
  );
  expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${REQUEST_TOKEN}`);
  const shown = inspect([identity, first, second, requests], { depth: 9, showHidden: true });
  expect(requests).toHaveLength(2);
  for (const secret of [...tokens, REQUEST_TOKEN]) expect(shown).not.toContain(secret);
});

test('an audience with a colon is one value', async () => {
  const token = tokenWith({ aud: ['sigstore', 'npm:registry.npmjs.org'] });
  await using server = await answering(JSON.stringify({ value: token }));
  const found = await identityAt(`${server.url}/token`).token('npm:registry.npmjs.org', signal);
  expect(found.value?.reveal()).toBe(token);
  expect(server.seen[0]?.url).toBe('/token?audience=npm%3Aregistry.npmjs.org');
});

describe('no token, and why', () => {
  test.each([
    ['no JSON', '<html>Sign in</html>', 'identity-malformed'],
    ['no value', '{}', 'identity-malformed'],
    ['null', 'null', 'identity-malformed'],
    ['a value that is no token', '{"value":"abc"}', 'identity-malformed'],
    ['a number', '{"value":1}', 'identity-malformed'],
    ['two lines', JSON.stringify({ value: `${tokenWith({})}\nx` }), 'identity-malformed'],
    ['a payload that is no JSON', '{"value":"eyJ.eyJ.eyJ"}', 'identity-malformed'],
    ['no expiry', JSON.stringify({ value: tokenWith({ exp: undefined }) }), 'identity-malformed'],
    ['another audience', JSON.stringify({ value: tokenWith({ aud: 'npm' }) }), 'identity-audience'],
    [
      'expired this second',
      JSON.stringify({ value: tokenWith({ exp: NOW / 1000 }) }),
      'identity-expired',
    ],
    ['too large', 'x'.repeat(70_000), 'identity-answer-too-large'],
  ])('%s', async (_, body, code) => {
    await using server = await answering(body);
    const { problems } = await identityAt(`${server.url}/token`).token('pypi', signal);
    expect(problems).toMatchObject([{ code, kind: 'authentication', effect: 'none' }]);
    expect(JSON.stringify(problems)).not.toContain('eyJ');
  });

  test.each([
    [401, 'identity-unauthorized', 'authentication'],
    [403, 'identity-forbidden', 'authentication'],
    [404, 'identity-not-found', 'authentication'],
    [503, 'identity-unavailable', 'incomplete'],
  ])('status %d, whose body repeats the request token', async (status, code, kind) => {
    await using server = await answering(`{"message":"${REQUEST_TOKEN}"}`, status);
    const { problems } = await identityAt(`${server.url}/token`).token('pypi', signal);
    expect(problems).toMatchObject([{ code, kind, effect: 'none' }]);
    expect(JSON.stringify(problems)).not.toContain(REQUEST_TOKEN);
  });

  test('403 says which permission is missing', async () => {
    await using server = await answering('', 403);
    const { problems } = await identityAt(`${server.url}/token`).token('pypi', signal);
    expect(problems?.[0].hint).toContain('`permissions: id-token: write`');
  });

  test('a redirect to another server: it gets no token, and its answer is not taken', async () => {
    await using other = await answering(JSON.stringify({ value: tokenWith({}) }));
    await using server = await serve((_, response) =>
      response.writeHead(302, { location: `${other.url}/token` }).end(),
    );
    const { problems } = await identityAt(`${server.url}/token`).token('pypi', signal);
    expect(problems).toMatchObject([{ code: 'identity-redirect', kind: 'authentication' }]);
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('a server that hangs', async () => {
    await using server = await serve(() => undefined);
    const http = createHttp({ attempts: 1, stallMs: 1 });
    const { problems } = await identityAt(`${server.url}/token`, http).token('pypi', signal);
    expect(problems).toMatchObject([
      { code: 'identity-timeout', kind: 'incomplete', rerun: 'safe' },
    ]);
  });

  test('an abort rejects', async () => {
    await using server = await serve(() => controller.abort(new Error('stopped')));
    const controller = new AbortController();
    const asking = identityAt(`${server.url}/token`).token('pypi', controller.signal);
    await expect(asking).rejects.toThrow('stopped');
  });

  test.each([
    ['plain http', 'http://token.example/', 'identity-insecure'],
    ['no address', 'token', 'identity-malformed'],
  ])('%s: nothing is sent', async (_, address, code) => {
    const http = createHttp({ fetch: () => Promise.reject(new Error('a request was sent')) });
    const { problems } = await identityAt(address, http).token('pypi', signal);
    expect(problems).toMatchObject([{ code, kind: 'authentication' }]);
  });
});
