import { inspect } from 'node:util';
import {
  type Credential,
  createHttp,
  type HttpRequest,
  httpProblem,
  Secret,
} from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { serve } from './server.ts';

const TOKEN = 'npm_0123456789abcdef';
const noFetch = createHttp({ fetch: () => Promise.reject(new Error('a request was sent')) });
const bearer = (origin: string, token = TOKEN): Credential => ({
  scheme: 'bearer',
  origin,
  token: new Secret(token),
});
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  ...more,
});

async function failure(request: HttpRequest): Promise<Error> {
  return noFetch.request(request).then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  );
}

describe('credentials', () => {
  test('Basic is user:password in base64 of UTF-8 (RFC 7617)', async () => {
    await using server = await serve((_, response) => response.end());
    const credential: Credential = {
      scheme: 'basic',
      origin: server.url,
      user: '__token__',
      password: new Secret('pypi-é'),
    };
    await createHttp().request(get(server.url, { credential }));
    expect(server.seen[0]?.headers.authorization).toBe('Basic X190b2tlbl9fOnB5cGktw6k=');
  });

  test.each([
    ['another host', 'https://registry.example/', 'https://other.example'],
    ['another port', 'https://registry.example:8443/', 'https://registry.example'],
    ['another scheme', 'http://127.0.0.1/', 'https://127.0.0.1'],
    ['a look-alike', 'https://registry.example.evil.example/', 'https://registry.example'],
  ])('are not sent to %s', async (_, url, origin) => {
    const error = await failure(get(url, { credential: bearer(origin) }));
    expect(error).toMatchObject({ name: 'HttpError', kind: 'insecure' });
    expect(error.message).toContain(`belongs to ${origin}`);
  });

  test.each([
    'http://registry.example',
    'http://127.0.0.1.example',
    'http://10.0.0.1',
    'http://localhost.example',
    'http://128.0.0.1',
  ])('are not sent over plain http to %s', async (origin) => {
    expect(await failure(get(`${origin}/x`, { credential: bearer(origin) }))).toMatchObject({
      kind: 'insecure',
    });
  });

  test('are sent over plain http to a host that the user has named', async () => {
    const origin = 'http://registry.example';
    const named = { ...bearer(origin), plainHttp: true };
    expect(await failure(get(`${origin}/x`, { credential: named }))).not.toMatchObject({
      kind: 'insecure',
    });
  });

  test.each([
    'http://localhost:1',
    'http://127.0.0.1:1',
    'http://127.9.8.7:1',
    'http://[::1]:1',
    'https://registry.example',
  ])('may be sent to %s', async (origin) => {
    // The stub's rejection shows that it was asked.
    expect(
      await failure(get(`${origin}/x`, { credential: bearer(origin), retry: 'never' })),
    ).toMatchObject({ kind: 'network' });
  });

  test.each<[string, Partial<HttpRequest>, string]>([
    [
      'a token with a line break',
      { credential: bearer('https://a.example', `${TOKEN}\n`) },
      'credential.token',
    ],
    ['an empty token', { credential: bearer('https://a.example', '') }, 'credential.token'],
    [
      'a user with a colon',
      {
        credential: {
          scheme: 'basic',
          origin: 'https://a.example',
          user: 'a:b',
          password: new Secret(TOKEN),
        },
      },
      'credential.user',
    ],
    [
      'a password with NUL',
      {
        credential: {
          scheme: 'basic',
          origin: 'https://a.example',
          user: 'a',
          password: new Secret(`${TOKEN}\0`),
        },
      },
      'credential.password',
    ],
    ['user information in the URL', { url: `https://me:${TOKEN}@a.example/` }, 'url'],
    ['a URL that is none', { url: `a.example/${TOKEN}` }, 'url'],
    ['another protocol', { url: 'file:///etc/passwd' }, 'url'],
    ['an Authorization header', { headers: { AUTHORIZATION: TOKEN } }, 'headers'],
    ['a Cookie header', { headers: { cookie: TOKEN } }, 'headers'],
    ['a header with a line break', { headers: { accept: `a\r\nx: ${TOKEN}` } }, 'headers'],
    ['a body on GET', { body: TOKEN }, 'body'],
  ])('refused before anything is sent, without showing it: %s', async (_, request, field) => {
    const error = await failure(get('https://a.example/', request));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ field });
    expect(inspect(error, { depth: 9 })).not.toContain(TOKEN);
  });

  test('errors name the request without its query, user information and headers', async () => {
    await using server = await serve((_, response) => response.destroy());
    const request = get(`${server.url}/path?token=${TOKEN}`, {
      credential: bearer(server.url),
      retry: 'never',
    });
    const error: Error = await createHttp()
      .request(request)
      .then(
        () => new Error('it succeeded'),
        (caught: Error) => caught,
      );
    expect(error).toMatchObject({ kind: 'network', request: `GET ${server.url}/path` });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
  });
});

describe('a server that repeats the credential', () => {
  const SHAPES = ['bearer', 'basic'] as const;
  const credentialOf = (scheme: (typeof SHAPES)[number], origin: string): Credential =>
    scheme === 'bearer'
      ? bearer(origin)
      : { scheme, origin, user: 'someone', password: new Secret(TOKEN) };

  test.each(SHAPES)(
    '%s: in the reason, the body or a header of its answer does not put it into a problem',
    async (scheme) => {
      await using server = await serve(({ headers }, response) => {
        const echo = `${headers.authorization} is someone:${TOKEN}`;
        response
          .writeHead(429, echo, { 'retry-after': echo, 'content-type': echo })
          .end(`refused: ${echo}`);
      });
      const request = get(`${server.url}/a`, {
        credential: credentialOf(scheme, server.url),
        retry: 'never',
      });
      const response = await createHttp().request(request);
      const about = { code: 'npm', what: 'read npm:a', response, effect: 'none' } as const;
      const malformed = (): unknown => response.json();
      const texts = [httpProblem(about), httpProblem({ ...about, detail: response.text() })].map(
        (problem) => JSON.stringify(problem),
      );
      expect(texts[0]).toContain('the server answered 429 (');
      expect(malformed).toThrow(/\[secret\]/);
      for (const text of texts) {
        expect(text).toContain('[secret]');
        expect(text).not.toContain(TOKEN);
        expect(text).not.toContain(
          Buffer.from(`someone:${TOKEN}`).toString('base64').slice(12, -4),
        );
      }
    },
  );

  test('in the address that it redirects to does not put it into an error', async () => {
    await using server = await serve((_, response) =>
      response.writeHead(307, { location: `https://other.example/${TOKEN}` }).end(),
    );
    const call = createHttp().request({
      method: 'PUT',
      url: server.url,
      body: 'x',
      credential: bearer(server.url),
    });
    await expect(call).rejects.toThrow(/answered 307 to https:\/\/other\.example\/\[secret\]/);
  });
});
