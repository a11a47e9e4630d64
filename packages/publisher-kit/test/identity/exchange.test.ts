import { createHttp, createPace, type Http, Secret } from '@ameide/publisher-kit';
import {
  describeIdentity,
  exchangeIdentity,
  type Identity,
  type IdentityExchange,
  readClaims,
} from '@ameide/publisher-kit/identity';
import { ok, type Result } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { serve, type TestServer } from '../server.ts';
import { tokenWith } from './tokens.ts';

interface World {
  readonly waits: number[];
  readonly remembered: string[];
  readonly exchange: (http?: Http) => Promise<Result<Secret>>;
}

/** Each identity token has a number of its own. */
function world({ url }: TestServer, signal = new AbortController().signal): World {
  let made = 0;
  const identity: Identity = {
    provider: 'github',
    token: async (aud) => {
      made += 1;
      return ok(new Secret(tokenWith({ aud, jti: `${made}`, repository: 'o/r' })));
    },
  };
  const exchange: IdentityExchange = {
    identity,
    audience: 'registry.example',
    code: 'demo',
    what: 'exchange the identity of this job',
    coordinate: 'npm:a@1.0.0',
    request: (token) => ({ method: 'POST', url: `${url}/mint`, body: token.reveal() }),
    refusedHint: (claims) => (claims === undefined ? 'nobody' : describeIdentity(claims)),
  };
  const waits: number[] = [];
  const remembered: string[] = [];
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  const pace = createPace(signal, { sleep, random: () => 0 });
  const remember = (secret: Secret): void => void remembered.push(secret.reveal());
  return {
    waits,
    remembered,
    exchange: async (http = createHttp({ attempts: 1 })) =>
      exchangeIdentity(exchange, { http, pace, remember }),
  };
}

const jtiOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string })
    .jti;

test('the registry’s token, and both are remembered before they are sent anywhere', async () => {
  await using server = await serve((_, response) => response.writeHead(201).end('{"token":"t1"}'));
  const { exchange, remembered } = world(server);
  expect((await exchange()).value?.reveal()).toBe('t1');
  expect(remembered).toEqual([server.seen[0]?.body, 't1']);
});

test('each attempt has a new identity token; Retry-After is obeyed', async () => {
  await using server = await serve((_, response, count) =>
    count === 1
      ? response.writeHead(429, { 'retry-after': '7' }).end()
      : count === 2
        ? response.destroy()
        : response.end('{"token":"t"}'),
  );
  const { exchange, waits } = world(server);
  expect((await exchange()).value?.reveal()).toBe('t');
  expect(server.seen.map(({ body }) => jtiOf(body))).toEqual(['1', '2', '3']);
  expect(waits[0]).toBe(7000);
});

test('three attempts at most, and none where the wait would be too long', async () => {
  await using busy = await serve((_, response) => response.writeHead(503).end());
  expect((await world(busy).exchange()).problems).toMatchObject([{ code: 'demo-unavailable' }]);
  expect(busy.seen).toHaveLength(3);
  await using closed = await serve((_, response) =>
    response.writeHead(429, { 'retry-after': '1934' }).end(),
  );
  expect((await world(closed).exchange()).problems).toMatchObject([{ code: 'demo-rate-limited' }]);
  expect(closed.seen).toHaveLength(1);
});

test.each([400, 401, 403, 404, 410, 422])(
  '%d is a refusal: asked once, with the registry’s words and what it has to trust',
  async (status) => {
    await using server = await serve(({ body }, response) =>
      response
        .writeHead(status)
        .end(JSON.stringify({ message: 'no', errors: [{ description: `not ${body}` }, null] })),
    );
    const { problems } = await world(server).exchange();
    expect(problems).toEqual([
      {
        code: 'demo-not-trusted',
        kind: 'authentication',
        message: `Could not exchange the identity of this job: the registry answered ${status} (no: not [secret]).`,
        reason: `the registry answered ${status} (no: not [secret])`,
        hint: 'the repository o/r and no environment',
        coordinate: 'npm:a@1.0.0',
        effect: 'none',
        rerun: 'after-fix',
      },
    ]);
    expect(server.seen).toHaveLength(1);
  },
);

test.each([
  ['a page', '<html>'],
  ['an empty token', '{"token":""}'],
  ['a number', '{"token":1}'],
  ['a token with a space', '{"token":"a b"}'],
  ['a list', '[]'],
])('%s is no token, and is not asked for again', async (_, body) => {
  await using server = await serve((_seen, response) => response.end(body));
  expect((await world(server).exchange()).problems).toMatchObject([{ code: 'demo-malformed' }]);
  expect(server.seen).toHaveLength(1);
});

test('a registry that hangs is not asked again', async () => {
  await using server = await serve((_, response) => void response.write('{'));
  const http = createHttp({ attempts: 1, stallMs: 50 });
  expect((await world(server).exchange(http)).problems).toMatchObject([{ code: 'demo-timeout' }]);
  expect(server.seen).toHaveLength(1);
});

test('the identity token does not follow a redirect', async () => {
  await using other = await serve((_, response) => response.end('{"token":"t"}'));
  await using server = await serve((_, response) =>
    response.writeHead(307, { location: other.url }).end(),
  );
  expect((await world(server).exchange()).problems).toMatchObject([{ code: 'demo-redirect' }]);
  expect(other.seen).toEqual([]);
});

test('an abort rejects', async () => {
  const controller = new AbortController();
  await using server = await serve(() => controller.abort(new Error('stopped')));
  await expect(world(server, controller.signal).exchange()).rejects.toThrow('stopped');
});

test('what a registry has to trust is one printable line', () => {
  const claims = readClaims(
    new Secret(
      tokenWith({
        repository: 'o/r',
        environment: 'a\u001b[31m\nb',
        workflow_ref: 'o/r/.github/workflows/p.yml@refs/heads/main',
      }),
    ),
  );
  expect(claims && describeIdentity(claims)).toBe(
    'the repository o/r, the workflow p.yml and the environment a [31m b',
  );
});
