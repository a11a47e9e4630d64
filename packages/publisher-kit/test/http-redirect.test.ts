import { type Credential, createHttp, HttpError, Secret } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { serve, type TestServer } from './server.ts';

const http = createHttp();
const bearer = (url: string): Credential => ({
  scheme: 'bearer',
  origin: new URL(url).origin,
  token: new Secret('tok-0123456789'),
});

function redirectTo(location: () => string, status = 302): Promise<TestServer> {
  return serve((_, response) => response.writeHead(status, { location: location() }).end());
}

describe('redirects', () => {
  test('a credential stays with its origin, and does not come back after a detour', async () => {
    let home = '';
    await using elsewhere = await redirectTo(() => `${home}/back`);
    await using server = await serve((seen, response) => {
      if (seen.url === '/start') response.writeHead(307, { location: '/next' }).end();
      else if (seen.url === '/next')
        response.writeHead(302, { location: `${elsewhere.url}/away` }).end();
      else response.end('there');
    });
    home = server.url;
    const answer = await http.request({
      method: 'GET',
      url: `${home}/start`,
      credential: bearer(home),
      headers: { accept: 'text/plain', 'x-api-key': 'private' },
    });

    expect(answer.text()).toBe('there');
    expect(answer.url).toBe(`${home}/back`);
    expect(
      server.seen.map(({ url, headers }) => [url, headers.authorization, headers['x-api-key']]),
    ).toEqual([
      ['/start', 'Bearer tok-0123456789', 'private'],
      ['/next', 'Bearer tok-0123456789', 'private'],
      ['/back', undefined, undefined],
    ]);
    expect(
      elsewhere.seen.map(({ headers }) => [
        headers.authorization,
        headers['x-api-key'],
        headers.accept,
      ]),
    ).toEqual([[undefined, undefined, 'text/plain']]);
  });

  test.each(['PUT', 'POST', 'PATCH', 'DELETE'] as const)(
    '%s is not taken to another origin',
    async (method) => {
      await using elsewhere = await serve((_, response) => response.end());
      await using server = await redirectTo(() => `${elsewhere.url}/steal?q=1`, 307);
      const call = http.request({
        method,
        url: `${server.url}/upload`,
        body: 'precious',
        credential: bearer(server.url),
      });
      await expect(call).rejects.toMatchObject({
        kind: 'redirect',
        message: `${method} ${server.url}/upload: answered 307 to ${elsewhere.url}/steal, which is not followed for ${method}`,
      });
      expect(elsewhere.seen).toEqual([]);
    },
  );

  test.each([301, 302, 303])(
    'a PUT answered by %i does not turn into a GET whose 200 would look like success',
    async (status) => {
      await using server = await redirectTo(() => '/elsewhere', status);
      await expect(
        http.request({ method: 'PUT', url: server.url, body: 'x' }),
      ).rejects.toMatchObject({ kind: 'redirect' });
      expect(server.seen).toHaveLength(1);
    },
  );

  test.each([307, 308])(
    'a PUT answered by %i on its own origin is sent again, with body and credential',
    async (status) => {
      await using server = await serve((seen, response) => {
        if (seen.url === '/old') response.writeHead(status, { location: '/new' }).end();
        else response.writeHead(201).end();
      });
      const answer = await http.request({
        method: 'PUT',
        url: `${server.url}/old`,
        body: 'bytes',
        credential: bearer(server.url),
      });
      expect(answer.status).toBe(201);
      expect(
        server.seen.map(({ method, url, body, headers }) => [
          method,
          url,
          body,
          headers.authorization,
        ]),
      ).toEqual([
        ['PUT', '/old', 'bytes', 'Bearer tok-0123456789'],
        ['PUT', '/new', 'bytes', 'Bearer tok-0123456789'],
      ]);
    },
  );

  test('five are followed, a sixth is not', async () => {
    await using server = await serve((seen, response) => {
      const left = Number(seen.url.slice(1));
      if (left === 0) response.end('end');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    await expect(http.request({ method: 'GET', url: `${server.url}/5` })).resolves.toMatchObject({
      status: 200,
    });
    await expect(http.request({ method: 'GET', url: `${server.url}/6` })).rejects.toMatchObject({
      kind: 'redirect',
      message: `GET ${server.url}/6: more than 5 redirects`,
    });
  });

  test('https never becomes http', async () => {
    const calls: string[] = [];
    const fetch = (url: URL | string | Request): Promise<Response> => {
      calls.push(String(url instanceof Request ? url.url : url));
      return Promise.resolve(
        new Response(null, {
          status: 302,
          headers: { location: 'http://registry.example/file?sig=1' },
        }),
      );
    };
    await expect(
      createHttp({ fetch }).request({ method: 'GET', url: 'https://registry.example/file' }),
    ).rejects.toMatchObject({
      kind: 'insecure',
      message:
        'GET https://registry.example/file: leads from https to http://registry.example/file',
    });
    expect(calls).toEqual(['https://registry.example/file']);
  });

  test.each(['file:///etc/passwd', 'http://user:pw@127.0.0.1/', 'http://[', 'javascript:1'])(
    'not to %s',
    async (location) => {
      await using server = await redirectTo(() => location);
      const error: unknown = await http
        .request({ method: 'GET', url: server.url })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(HttpError);
      expect(error).toMatchObject({ kind: 'redirect' });
      expect(String(error)).not.toContain('pw');
    },
  );

  test('a 3xx without Location, and a 304, are answers', async () => {
    await using server = await serve((seen, response) =>
      response.writeHead(seen.url === '/a' ? 302 : 304).end(),
    );
    expect((await http.request({ method: 'GET', url: `${server.url}/a` })).status).toBe(302);
    expect((await http.request({ method: 'GET', url: `${server.url}/b` })).status).toBe(304);
  });

  test('a credential that a redirect repeats is not shown', async () => {
    await using server = await serve((seen, response) => {
      if (seen.url.startsWith('/leak')) response.destroy();
      else
        response
          .writeHead(307, { location: `/leak/${seen.headers.authorization?.split(' ')[1]}` })
          .end();
    });
    const request = {
      method: 'GET',
      url: `${server.url}/x`,
      credential: bearer(server.url),
      retry: 'never',
    } as const;
    await expect(http.request(request)).rejects.toMatchObject({
      kind: 'network',
      request: `GET ${server.url}/leak/[secret]`,
    });
  });

  test('a write that a redirect led to a closed port was received by someone', async () => {
    await using server = await serve((seen, response) => {
      response.writeHead(307, { location: '/next', connection: 'close' }).end();
      if (seen.url === '/first') void server[Symbol.asyncDispose]();
    });
    const call = http.request({ method: 'POST', url: `${server.url}/first`, body: 'x' });
    await expect(call).rejects.toMatchObject({ kind: 'network' });
  });
});
