import { gzipSync } from 'node:zlib';
import { createHttp, type HttpRequest } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { fakeTime, serve } from './server.ts';

const http = createHttp();
const once = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  retry: 'never',
  ...more,
});

describe('the body', () => {
  test('is whole, with status, reason phrase and headers', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(400, 'File already exists', { 'x-id': '7' }).end('{"a":[1]}'),
    );
    const answer = await http.request(once(server.url));
    expect([answer.status, answer.statusText, answer.headers.get('x-id'), answer.json()]).toEqual([
      400,
      'File already exists',
      '7',
      { a: [1] },
    ]);
  });

  test('of HEAD is empty, whatever its announced length', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 1e12 }).end(),
    );
    const answer = await http.request(once(server.url, { method: 'HEAD' }));
    expect([answer.status, answer.body.length, answer.headers.get('content-length')]).toEqual([
      200,
      0,
      '1000000000000',
    ]);
  });

  test('of exactly the limit is taken; a byte more is not', async () => {
    await using server = await serve((_, response) => response.end('x'.repeat(1000)));
    expect((await http.request(once(server.url, { maxBytes: 1000 }))).body).toHaveLength(1000);
    await expect(http.request(once(server.url, { maxBytes: 999 }))).rejects.toMatchObject({
      kind: 'too-large',
    });
  });

  test('announced as too large is refused before it comes', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 1e9 }).flushHeaders(),
    );
    await expect(http.request(once(server.url, { deadlineMs: 5000 }))).rejects.toMatchObject({
      kind: 'too-large',
    });
  });

  test('without an end is cut off at the limit', async () => {
    await using server = await serve((_, response) => {
      const more = (): void =>
        void (
          response.destroyed ||
          (response.write('x'.repeat(65_536)) ? setImmediate(more) : response.once('drain', more))
        );
      more();
    });
    await expect(
      http.request({ method: 'GET', url: server.url, maxBytes: 1 << 20 }),
    ).rejects.toMatchObject({ kind: 'too-large' });
    expect(server.seen).toHaveLength(1);
  });

  test('counts as it is after decompression: a gzip bomb does not pass', async () => {
    const bomb = gzipSync(Buffer.alloc(10 << 20));
    await using server = await serve((_, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length })
        .end(bomb),
    );
    await expect(http.request(once(server.url, { maxBytes: 1 << 20 }))).rejects.toMatchObject({
      kind: 'too-large',
    });
  });

  test('that broke off is a network failure, not a short body', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy()),
    );
    await expect(http.request(once(server.url))).rejects.toMatchObject({ kind: 'network' });
  });

  test.each(['{"token": "oidc-0123456789', '<html>', ''])(
    'that is not JSON is malformed, and not quoted: %s',
    async (body) => {
      await using server = await serve((_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      );
      const answer = await http.request(once(`${server.url}/a?b`));
      expect(() => answer.json()).toThrow(
        expect.objectContaining({
          kind: 'malformed',
          message: `GET ${server.url}/a: answered 200 with ${body.length} bytes ("application/json") that are not JSON`,
        }) as Error,
      );
    },
  );
});

describe('time', () => {
  test('a slow drip ends at the deadline', async () => {
    let timer: NodeJS.Timeout | undefined;
    await using server = await serve((_, response) => {
      response.writeHead(200).flushHeaders();
      timer = setInterval(() => response.write('.'), 10);
    });
    await expect(
      http.request({ method: 'GET', url: `${server.url}/slow?q`, deadlineMs: 150 }),
    ).rejects.toMatchObject({
      kind: 'timeout',
      message: `GET ${server.url}/slow: no answer within 150 ms`,
    });
    clearInterval(timer);
    expect(server.seen).toHaveLength(1);
  });

  test('the deadline is for the whole call: waiting between attempts counts', async () => {
    await using server = await serve((_, response) => response.writeHead(503).end());
    const hanging = createHttp({
      sleep: (_, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('woken'))),
        ),
    });
    await expect(
      hanging.request({ method: 'GET', url: server.url, deadlineMs: 500 }),
    ).rejects.toMatchObject({ kind: 'timeout' });
  });

  test('an answer that stalls is given up, and tried again', async () => {
    await using server = await serve((_, response, count) => {
      if (count === 1) return;
      if (count === 2) response.writeHead(200, { 'content-length': 9 }).write('half');
      else response.end('whole');
    });
    const answer = await createHttp({ ...fakeTime().ports, stallMs: 200 }).request({
      method: 'GET',
      url: server.url,
    });
    expect([answer.text(), server.seen.length]).toEqual(['whole', 3]);
    await using silent = await serve(() => {});
    await expect(createHttp({ stallMs: 50 }).request(once(silent.url))).rejects.toMatchObject({
      kind: 'timeout',
      message: `GET ${silent.url}/: nothing arrived for 50 ms`,
    });
  });

  test('a slow answer that keeps coming is no stall', async () => {
    await using server = await serve((_, response) => {
      let left = 12;
      const drip = (): void => {
        if (left-- === 0) response.end();
        else response.write('.', () => setTimeout(drip, 50));
      };
      drip();
    });
    const answer = await createHttp({ stallMs: 300 }).request(once(server.url));
    expect(answer.text()).toBe('.'.repeat(12));
  });

  test('an upload may take longer than a stall: until it is through, no answer is due', async () => {
    await using server = await serve(
      (_, response) => void setTimeout(() => response.writeHead(201).end(), 300),
    );
    const request = { method: 'PUT', url: server.url, body: 'bytes', retry: 'never' } as const;
    expect((await createHttp({ stallMs: 50 }).request(request)).status).toBe(201);
  });

  test('an abort rejects with its reason, before, during and between attempts', async () => {
    const reason = new Error('cancelled by the user');
    await expect(
      http.request(once('http://127.0.0.1:1', { signal: AbortSignal.abort(reason) })),
    ).rejects.toBe(reason);

    const controller = new AbortController();
    await using server = await serve(() => controller.abort(reason));
    await expect(http.request(once(server.url, { signal: controller.signal }))).rejects.toBe(
      reason,
    );

    const later = new AbortController();
    await using busy = await serve((_, response) =>
      response
        .writeHead(503, { 'retry-after': '30' })
        .end(() => setImmediate(() => later.abort(reason))),
    );
    await expect(http.request({ method: 'GET', url: busy.url, signal: later.signal })).rejects.toBe(
      reason,
    );
    expect(busy.seen).toHaveLength(1);
  });

  test('connections are kept and used again', async () => {
    const ports = new Set<number | undefined>();
    await using server = await serve((_, response) => {
      ports.add(response.socket?.remotePort);
      response.end('ok');
    });
    for (let n = 0; n < 5; n++) await http.request(once(server.url));
    // The second request may come before the first one's connection is back in the pool.
    expect(ports.size).toBeLessThanOrEqual(2);
  });
});
