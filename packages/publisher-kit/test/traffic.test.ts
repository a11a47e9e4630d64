import { AsyncLocalStorage } from 'node:async_hooks';
import { tmpdir } from 'node:os';
import {
  createHttp,
  createProcesses,
  type ObservedProgram,
  type ObservedRequest,
  observeTraffic,
  Secret,
  shownAddress,
  withoutLogins,
} from '@ameide/publisher-kit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fakeTime, serve } from './server.ts';

const TOKEN = 'tok-0123456789';

interface Observed {
  readonly requests: ObservedRequest[];
  readonly programs: ObservedProgram[];
  readonly stop: () => void;
}

function observe(): Observed {
  const requests: ObservedRequest[] = [];
  const programs: ObservedProgram[] = [];
  const stop = observeTraffic({
    request: (one) => requests.push(one),
    program: (one) => programs.push(one),
  });
  onTestFinished(stop);
  return { requests, programs, stop };
}

describe('requests', () => {
  test('each attempt and each redirect is one, without query, fragment and the credential', async () => {
    let other = '';
    await using away = await serve((_, response) => response.end('there'));
    other = away.url;
    await using server = await serve((_, response, count) => {
      if (count === 1) response.writeHead(503).end();
      else
        response
          .writeHead(307, { location: `${other}/${TOKEN}/f?X-Amz-Signature=sig-987#frag` })
          .end();
    });
    const { requests } = observe();
    const { ports } = fakeTime();
    await createHttp(ports).request({
      method: 'GET',
      url: `${server.url}/name?_authToken=abc`,
      credential: {
        scheme: 'bearer',
        origin: new URL(server.url).origin,
        token: new Secret(TOKEN),
      },
    });
    expect(requests.map(({ ms: _ms, ...one }) => one)).toEqual([
      { method: 'GET', url: `${server.url}/name?\u2026`, status: 503, attempt: 1 },
      { method: 'GET', url: `${server.url}/name?\u2026`, status: 307, attempt: 2 },
      { method: 'GET', url: `${other}/[secret]/f?\u2026`, status: 200, attempt: 2 },
    ]);
    for (const { ms } of requests) expect(Number.isInteger(ms) && ms >= 0).toBe(true);
  });

  test('without an answer, the kind of the failure; after an abort, that', async () => {
    const server = await serve((_, response) => response.end());
    await server[Symbol.asyncDispose]();
    const { requests } = observe();
    const url = `${server.url}/x`;
    await createHttp({ attempts: 1 })
      .request({ method: 'PUT', url })
      .catch(() => undefined);
    const stop = new AbortController();
    await using slow = await serve(() => stop.abort(new Error('stopped')));
    await createHttp()
      .request({ method: 'GET', url: slow.url, signal: stop.signal })
      .catch(() => undefined);
    expect(requests.map(({ failure, status }) => [failure, status])).toEqual([
      ['refused', undefined],
      ['aborted', undefined],
    ]);
  });

  test('come in the context of their call, and no longer once the listener is removed', async () => {
    await using server = await serve((_, response) => response.end());
    const whose = new AsyncLocalStorage<string>();
    const seen = new Set<unknown>();
    const stop = observeTraffic({
      request: () => seen.add(whose.getStore()),
      program: () => undefined,
    });
    const http = createHttp();
    const ask = async (): Promise<unknown> => http.request({ method: 'GET', url: server.url });
    await Promise.all([whose.run('a', ask), whose.run('b', ask)]);
    stop();
    await whose.run('c', ask);
    expect(seen).toEqual(new Set(['a', 'b']));
  });
});

describe('programs', () => {
  test('are shown with their arguments, exit code and failure, without secrets', async () => {
    const { programs } = observe();
    const processes = createProcesses({
      env: { PATH: process.env['PATH'], NPM_TOKEN: 'npm_0123456789' },
    });
    const run = async (...argv: [string, ...string[]]): Promise<unknown> =>
      processes.run({ argv, cwd: tmpdir() });
    await run(process.execPath, '-e', '"npm_0123456789"');
    await run(process.execPath, '-e', 'process.exit(3)', 'https://me:pw-1234567@host/x?sig=1#y');
    await run('no-such-program-of-ours');
    expect(programs.map(({ ms: _ms, ...one }) => one)).toEqual([
      { argv: [process.execPath, '-e', '"[secret]"'], exitCode: 0 },
      {
        argv: [process.execPath, '-e', 'process.exit(3)', 'https://host/x?\u2026'],
        exitCode: 3,
        failure: 'exit',
      },
      { argv: ['no-such-program-of-ours'], failure: 'not-found' },
    ]);
  });
});

test.each([
  ['https://u:p@h/a', 'https://h/a'],
  ['https://tok@h/a?b=c', 'https://h/a?\u2026'],
  ['https://h/a#access_token=1', 'https://h/a'],
  ['see https://h/a?x=1&y=2 and git+ssh://git@h/b', 'see https://h/a?\u2026 and git+ssh://h/b'],
  ['--index-url=https://u:p@h/simple/', '--index-url=https://h/simple/'],
  ['https://h/a@b', 'https://h/a@b'],
  ['npm:@scope/name@1.0.0?', 'npm:@scope/name@1.0.0?'],
])('shownAddress: %s', (text, shown) => {
  expect(shownAddress(text)).toBe(shown);
});

test.each([
  ['GET https://u:p@h/a?page=2&token=abc&x=1', 'GET https://h/a?page=2&token=[secret]&x=1'],
  [
    'https://h/a?X-Amz-Signature=f00&X-Amz-Expires=60',
    'https://h/a?X-Amz-Signature=[secret]&X-Amz-Expires=60',
  ],
  ['(see https://h/?sig=1)', '(see https://h/?sig=[secret])'],
  ['https://h/#access_token=1', 'https://h/#access_token=[secret]'],
  ['a token=abc without an address', 'a token=abc without an address'],
])('withoutLogins: %s', (text, shown) => {
  expect(withoutLogins(text)).toBe(shown);
});
