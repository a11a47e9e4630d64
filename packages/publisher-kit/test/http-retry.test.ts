import { createHttp, type HttpRequest, retryAfterMs } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { fakeTime, serve } from './server.ts';

const NOW = Date.UTC(2025, 10, 13, 15, 32, 11);

describe('Retry-After (RFC 9110, section 10.2.3)', () => {
  test.each<[string | null, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7000],
    ['86400', 86_400_000],
    ['99999999999999999999', 1e23],
    ['Thu, 13 Nov 2025 15:32:31 GMT', 20_000],
    ['Thursday, 13-Nov-25 15:32:31 GMT', 20_000],
    ['Thu Nov 13 15:32:31 2025', 20_000],
    ['Thu, 13 Nov 2025 15:30:00 GMT', 0],
    ['Thu, 99 Nov 2025 15:30:00 GMT', undefined],
    ['1.5', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['soon', undefined],
    ['2025', 2_025_000],
    ['2025-11-13', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});

describe('a GET is tried again', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('after %i', async (status) => {
    await using server = await serve((_, response, count) =>
      response.writeHead(count === 1 ? status : 200).end('ok'),
    );
    const time = fakeTime();
    const answer = await createHttp(time.ports).request({ method: 'GET', url: server.url });
    expect([answer.status, server.seen.length, time.waits]).toEqual([200, 2, [150]]);
  });

  test.each([200, 204, 400, 401, 403, 404, 409, 422, 501])('not after %i', async (status) => {
    await using server = await serve((_, response) => response.writeHead(status).end());
    const answer = await createHttp(fakeTime().ports).request({ method: 'GET', url: server.url });
    expect([answer.status, server.seen.length]).toEqual([status, 1]);
  });

  test('five times in all, with doubling waits and jitter between half and all of them; the last answer is returned', async () => {
    await using server = await serve((_, response, count) =>
      response.writeHead(503).end(`answer ${count}`),
    );
    const low = fakeTime();
    const answer = await createHttp(low.ports).request({ method: 'GET', url: server.url });
    expect([answer.status, answer.text(), server.seen.length]).toEqual([503, 'answer 5', 5]);
    expect(low.waits).toEqual([150, 300, 600, 1200]);

    const high = fakeTime();
    await createHttp({ ...high.ports, random: () => 0.999 }).request({
      method: 'GET',
      url: server.url,
    });
    expect(high.waits.map(Math.round)).toEqual([300, 600, 1199, 2399]);
  });

  test.each<[string, number]>([
    ['20', 20_000],
    ['Thu, 13 Nov 2025 15:32:31 GMT', 20_000],
    ['0', 150],
    ['tomorrow, perhaps', 150],
  ])('after what the server asked for: %s', async (header, wait) => {
    await using server = await serve((_, response, count) =>
      count === 1 ? response.writeHead(429, { 'retry-after': header }).end() : response.end('ok'),
    );
    const time = fakeTime();
    const answer = await createHttp(time.ports).request({ method: 'GET', url: server.url });
    expect([answer.status, time.waits]).toEqual([200, [wait]]);
  });

  test.each(['86400', '60', 'Fri, 14 Nov 2025 15:32:11 GMT', '99999999999999999999'])(
    'not when the wait (%s) does not fit the deadline: the answer is returned at once',
    async (header) => {
      await using server = await serve((_, response) =>
        response.writeHead(429, { 'retry-after': header }).end('busy'),
      );
      const time = fakeTime();
      const answer = await createHttp(time.ports).request({ method: 'GET', url: server.url });
      expect([answer.status, answer.text(), server.seen.length, time.waits]).toEqual([
        429,
        'busy',
        1,
        [],
      ]);
    },
  );

  test('while the deadline lasts: waits add up', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(503, { 'retry-after': '25' }).end(),
    );
    const time = fakeTime();
    await createHttp(time.ports).request({ method: 'GET', url: server.url });
    expect([server.seen.length, time.waits]).toEqual([3, [25_000, 25_000]]);
  });

  test('after a connection that broke, before and in the middle of the body', async () => {
    await using server = await serve((_, response, count) => {
      if (count === 1) response.destroy();
      else if (count === 2)
        response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
      else response.end('whole');
    });
    const answer = await createHttp(fakeTime().ports).request({ method: 'GET', url: server.url });
    expect([answer.text(), server.seen.length]).toEqual(['whole', 3]);
  });
});

describe('a write', () => {
  test.each(['PUT', 'POST', 'PATCH', 'DELETE'] as const)(
    '%s is sent once, whatever comes back',
    async (method) => {
      await using server = await serve((seen, response) =>
        seen.url === '/reset' ? response.destroy() : response.writeHead(503).end(),
      );
      const http = createHttp(fakeTime().ports);
      expect((await http.request({ method, url: `${server.url}/busy` })).status).toBe(503);
      await expect(http.request({ method, url: `${server.url}/reset` })).rejects.toMatchObject({
        kind: 'network',
      });
      expect(server.seen).toHaveLength(2);
    },
  );

  test('that is idempotent may be tried again, with its body', async () => {
    await using server = await serve((_, response, count) =>
      response.writeHead(count === 1 ? 503 : 201).end(),
    );
    const request: HttpRequest = {
      method: 'PUT',
      url: server.url,
      body: Buffer.from('bytes'),
      retry: 'idempotent',
    };
    expect((await createHttp(fakeTime().ports).request(request)).status).toBe(201);
    expect(server.seen.map(({ body }) => body)).toEqual(['bytes', 'bytes']);
  });

  test('of a form is encoded afresh each time', async () => {
    await using server = await serve((_, response, count) =>
      response.writeHead(count === 1 ? 503 : 200).end(),
    );
    const form = new FormData();
    form.set(':action', 'file_upload');
    form.set('content', new Blob(['wheel']), 'a-1.whl');
    await createHttp(fakeTime().ports).request({
      method: 'POST',
      url: server.url,
      body: form,
      retry: 'idempotent',
    });
    for (const { body, headers } of server.seen) {
      expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      expect(body).toContain('name=":action"\r\n\r\nfile_upload');
      expect(body).toContain('filename="a-1.whl"');
    }
    expect(server.seen).toHaveLength(2);
  });
});

describe('no connection', () => {
  test('is "refused" when nobody ever received anything', async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    const time = fakeTime();
    const call = createHttp(time.ports).request({ method: 'GET', url: `${server.url}/a?b` });
    await expect(call).rejects.toMatchObject({
      kind: 'refused',
      message: `GET ${server.url}/a: no connection (ECONNREFUSED)`,
    });
    expect(time.waits).toHaveLength(4);
  });

  test('is "refused" for a name that does not resolve, too', async () => {
    const url = 'http://no-such-host.invalid/';
    await expect(createHttp().request({ method: 'PUT', url })).rejects.toMatchObject({
      kind: 'refused',
    });
  });

  test('is "network" when an earlier attempt may have been received', async () => {
    await using server = await serve((_, response) => response.destroy());
    const http = createHttp({
      ...fakeTime().ports,
      sleep: async () => server[Symbol.asyncDispose](),
    });
    const call = http.request({ method: 'PUT', url: server.url, body: 'x', retry: 'idempotent' });
    await expect(call).rejects.toMatchObject({
      kind: 'network',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });
});
