import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FaultSubject, startOciRegistry, startRecordingProxy } from '../src/index.ts';
import { isMutating } from '../src/recording-proxy/record.ts';
import { close, listenOnLoopback } from '../src/running.ts';
import { startTarget } from './target.ts';

const ok = (_request: IncomingMessage, response: ServerResponse): void =>
  void response.end('0123456789');

describe('the recording proxy', () => {
  test('passes on method, path, host, body, status, reason phrase and headers', async () => {
    const target = await startTarget((_request, response) => {
      response
        .writeHead(400, 'File already exists', { 'x-answer': 'kept', location: '/elsewhere' })
        .end('no');
    });
    await using proxy = await startRecordingProxy(target.url);
    const body = Buffer.alloc(5_000_000, 'body');
    const response = await fetch(`${proxy.url}/legacy/?a=1`, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer planted' },
      redirect: 'manual',
    });
    expect([
      response.status,
      response.statusText,
      response.headers.get('x-answer'),
      await response.text(),
    ]).toEqual([400, 'File already exists', 'kept', 'no']);
    const digest = createHash('sha256').update(body).digest('hex');
    expect(target.seen).toEqual([
      { method: 'POST', path: '/legacy/?a=1', host: new URL(proxy.url).host, digest },
    ]);
    expect(proxy.requests).toEqual([
      {
        method: 'POST',
        path: '/legacy/?a=1',
        status: 400,
        targetStatus: 400,
        mutating: true,
        bodyBytes: 5_000_000,
        answerBytes: expect.any(Number),
        accept: '*/*',
        authorization: true,
        began: expect.any(Number),
        ended: expect.any(Number),
      },
    ]);
    // With the answer's head.
    expect(proxy.requests[0]?.answerBytes).toBeGreaterThan('File already exists'.length);
    expect(proxy.requests[0]?.answerBytes).toBeLessThan(1000);
    expect(JSON.stringify(proxy.requests) + (await readFile(proxy.logFile, 'utf8'))).not.toContain(
      'planted',
    );
  });

  test('passes on bodies of unknown length, and answers to HEAD', async () => {
    const target = await startTarget(
      (_request, response) => void response.writeHead(200, { 'content-length': 10 }).end(),
    );
    await using proxy = await startRecordingProxy(target.url);
    const chunks = new ReadableStream({
      start(controller) {
        for (const chunk of ['one', 'two', 'three'])
          controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    await fetch(proxy.url, { method: 'HEAD' });
    const put = fetch(`${proxy.url}/chunked`, { method: 'PUT', body: chunks, duplex: 'half' });
    await put.then((response) => response.arrayBuffer()).catch(() => undefined);
    expect(target.seen[1]?.digest).toBe(createHash('sha256').update('onetwothree').digest('hex'));
    expect(proxy.requests.map(({ method, bodyBytes }) => [method, bodyBytes])).toEqual([
      ['HEAD', 0],
      ['PUT', 11],
    ]);
  });

  test('an answer before the body has been read reaches the client', async () => {
    const server = createServer((_request, response) => response.writeHead(413).end('too large'));
    const url = await listenOnLoopback(server);
    onTestFinished(() => close(server));
    await using proxy = await startRecordingProxy(url);
    const response = await fetch(proxy.url, { method: 'PUT', body: Buffer.alloc(8_000_000) });
    expect([response.status, await response.text()]).toEqual([413, 'too large']);
  });

  test('a target that is away is a 502', async () => {
    const server = createServer();
    const url = await listenOnLoopback(server);
    await close(server);
    await using proxy = await startRecordingProxy(url);
    expect((await fetch(proxy.url, { method: 'PUT', body: 'x' })).status).toBe(502);
    expect(proxy.requests).toMatchObject([{ status: 502, targetStatus: 0 }]);
  });

  test('absolute URLs that an OCI registry writes lead through the proxy', async () => {
    await using registry = await startOciRegistry();
    await using proxy = await startRecordingProxy(registry.url);
    const challenge = (await fetch(`${proxy.url}/v2/`)).headers.get('www-authenticate') ?? '';
    expect(challenge).toContain(`realm="${proxy.url}/`);
  });

  test('a delay passes before the target is asked', async () => {
    const target = await startTarget(ok);
    const asked: number[] = [];
    const over = Promise.withResolvers<void>();
    await using proxy = await startRecordingProxy(target.url, {
      delayMs: () => 150,
      sleep: async (ms) => {
        asked.push(ms, target.seen.length);
        await over.promise;
      },
    });
    const answer = fetch(`${proxy.url}/far`);
    await expect.poll(() => asked).toEqual([150, 0]);
    over.resolve();
    expect((await answer).status).toBe(200);
    expect(target.seen).toHaveLength(1);
  });

  test('onRequest is awaited before anything happens', async () => {
    const target = await startTarget(ok);
    const barrier = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<string>();
    await using proxy = await startRecordingProxy(target.url, {
      onRequest: async ({ method, path }) => {
        arrived.resolve(`${method} ${path}`);
        await barrier.promise;
      },
    });
    const answer = fetch(`${proxy.url}/held`);
    expect(await arrived.promise).toBe('GET /held');
    expect(target.seen).toEqual([]);
    barrier.resolve();
    expect((await answer).status).toBe(200);
  });
});

describe('faults', () => {
  test('status: the target never sees the request, and the next one passes', async () => {
    const target = await startTarget(ok);
    await using proxy = await startRecordingProxy(target.url, {
      fault: ({ count }) =>
        count === 1
          ? { kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }
          : undefined,
    });
    const limited = await fetch(proxy.url, { method: 'PUT', body: 'abc' });
    expect([limited.status, limited.headers.get('retry-after'), await limited.text()]).toEqual([
      429,
      '7',
      'slow down',
    ]);
    expect(target.seen).toEqual([]);
    expect((await fetch(proxy.url, { method: 'PUT', body: 'abc' })).status).toBe(200);
    expect(proxy.requests).toMatchObject([
      { status: 429, targetStatus: 0, bodyBytes: 3 },
      { status: 200, targetStatus: 200, bodyBytes: 3 },
    ]);
  });

  test('status with forward: committed, then 503', async () => {
    const target = await startTarget(ok);
    await using proxy = await startRecordingProxy(target.url, {
      fault: () => ({ kind: 'status', status: 503, forward: true }),
    });
    expect((await fetch(proxy.url, { method: 'PUT', body: 'abc' })).status).toBe(503);
    expect(target.seen).toHaveLength(1);
    expect(proxy.requests).toMatchObject([{ status: 503, targetStatus: 200, bodyBytes: 3 }]);
  });

  test.each([
    ['reset', false, 0],
    ['reset with forward: committed, then the answer dropped', true, 1],
  ])('%s', async (_title, forward, reached) => {
    const target = await startTarget(ok);
    await using proxy = await startRecordingProxy(target.url, {
      fault: () => ({ kind: 'reset', forward }),
    });
    await expect(fetch(proxy.url, { method: 'PUT', body: 'abc' })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    expect(target.seen).toHaveLength(reached);
    expect(proxy.requests).toMatchObject([{ status: 0, targetStatus: reached === 1 ? 200 : 0 }]);
  });

  test('truncate: half of the body, then a reset', async () => {
    const target = await startTarget(
      (_request, response) =>
        void response.writeHead(200, { 'content-length': 10 }).end('0123456789'),
    );
    await using proxy = await startRecordingProxy(target.url, {
      fault: () => ({ kind: 'truncate' }),
    });
    const received: string[] = [];
    const { promise, resolve } = Promise.withResolvers<unknown>();
    httpRequest(proxy.url, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => received.push(text));
      response.once('error', resolve).once('end', () => resolve('whole'));
    })
      .on('error', resolve)
      .end();
    expect(await promise).toMatchObject({ code: 'ECONNRESET' });
    expect(received.join('')).toBe('01234');
  });

  test('cut: the target gets half of the body, and both connections are reset', async () => {
    const { promise: half, resolve } = Promise.withResolvers<string>();
    const server = createServer((request) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.once('error', () => resolve(text));
    });
    onTestFinished(() => close(server));
    await using proxy = await startRecordingProxy(await listenOnLoopback(server), {
      fault: () => ({ kind: 'cut' }),
    });
    await expect(fetch(proxy.url, { method: 'PUT', body: '0123456789' })).rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
    expect(await half).toBe('01234');
    expect(proxy.requests).toMatchObject([{ status: 0, targetStatus: 0, bodyBytes: 10 }]);
    await expect(fetch(proxy.url, { method: 'POST' }), 'without a body').rejects.toMatchObject({
      cause: { code: 'ECONNRESET' },
    });
  });

  test('trickle: one byte after the other', async () => {
    const target = await startTarget(ok);
    await using proxy = await startRecordingProxy(target.url, {
      fault: () => ({ kind: 'trickle', everyMs: 1 }),
    });
    const { body } = await fetch(proxy.url);
    const pieces: string[] = [];
    for await (const piece of body ?? []) pieces.push(Buffer.from(piece).toString());
    expect(pieces.join('')).toBe('0123456789');
    expect(pieces.length).toBeGreaterThan(1);
  });

  test('onAnswer is awaited when the target has answered, before the client knows', async () => {
    const target = await startTarget(ok);
    const [answered, barrier] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
    await using proxy = await startRecordingProxy(target.url, {
      async onAnswer({ targetStatus }) {
        answered.resolve(targetStatus);
        await barrier.promise;
      },
    });
    const answer = fetch(proxy.url, { method: 'PUT', body: 'abc', headers: { accept: 'x/y' } });
    expect(await answered.promise).toBe(200);
    expect(proxy.requests).toMatchObject([{ status: 0, targetStatus: 200, accept: 'x/y' }]);
    barrier.resolve();
    expect((await answer).status).toBe(200);
  });

  test('hang: no answer until the client gives up, and stop() ends it', async () => {
    const target = await startTarget(ok);
    const arrived = Promise.withResolvers<void>();
    const proxy = await startRecordingProxy(target.url, {
      fault: ({ count }) => {
        if (count === 2) arrived.resolve();
        return { kind: 'hang' };
      },
    });
    const leaving = new AbortController();
    const given = fetch(proxy.url, { signal: leaving.signal });
    leaving.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    const held = Promise.allSettled([fetch(`${proxy.url}/2`), fetch(`${proxy.url}/2`)]);
    await arrived.promise;
    await proxy.stop();
    expect((await held).map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(target.seen).toEqual([]);
  });

  test('are chosen by method and path, by their count, and by the place among the mutating requests', async () => {
    const target = await startTarget(ok);
    const subjects: FaultSubject[] = [];
    await using proxy = await startRecordingProxy(target.url, {
      fault: (subject) => {
        subjects.push(subject);
        return undefined;
      },
    });
    for (const [method, path] of [
      ['GET', '/a'],
      ['PUT', '/a'],
      ['GET', '/a'],
      ['POST', '/token'],
      ['PUT', '/b'],
    ] as const) {
      await fetch(`${proxy.url}${path}`, { method });
    }
    expect(
      subjects.map(({ method, path, count, step }) => `${method} ${path} ${count} ${step}`),
    ).toEqual(['GET /a 1 0', 'PUT /a 1 1', 'GET /a 2 0', 'POST /token 1 0', 'PUT /b 1 2']);
    proxy.clear();
    await fetch(`${proxy.url}/b`, { method: 'PUT' });
    expect(subjects.at(-1)).toMatchObject({ count: 1, step: 1 });
    expect(proxy.mutating()).toHaveLength(1);
  });
});

describe('what counts as mutating', () => {
  test.each([
    ['GET', '/x', false],
    ['HEAD', '/x', false],
    ['PUT', '/@scope%2fname', true],
    ['PATCH', '/v2/x/blobs/uploads/1', true],
    ['DELETE', '/-/package/x/dist-tags/dev', true],
    ['POST', '/v2/x/blobs/uploads/?mount=sha256:1', true],
    ['POST', '/legacy/', true],
    ['POST', '/o/r.git/git-receive-pack', true],
    ['POST', '/o/r.git/git-upload-pack', false],
    ['POST', '/token', false],
    ['POST', '/-/npm/v1/oidc/token/exchange/package/@scope%2fname', false],
    ['POST', '/_/oidc/mint-token', false],
    ['POST', '/-/npm/v1/security/advisories/bulk', false],
  ])('%s %s: %s', (method, path, mutating) => {
    expect(isMutating(method, path, '100')).toBe(mutating);
  });

  test('git’s probe before a large push is none', () => {
    expect(isMutating('POST', '/o/r/git-receive-pack', '4')).toBe(false);
    expect(isMutating('POST', '/o/r/git-receive-pack', undefined)).toBe(true);
    expect(isMutating('POST', '/legacy/', '4')).toBe(true);
  });
});
