import { describe, expect, test } from 'vitest';
import { parseChallenges } from '../src/registry/challenge.ts';
import { realmUrl } from '../src/registry/realm.ts';

describe('WWW-Authenticate (RFC 9110)', () => {
  test.each([
    [
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: {
            realm: 'https://ghcr.io/token',
            service: 'ghcr.io',
            scope: 'repository:a/b:pull,push',
          },
        },
      ],
    ],
    ['Basic realm="a, b=\\"c\\""', [{ scheme: 'basic', parameters: { realm: 'a, b="c"' } }]],
    [
      'BEARER Realm=token , service = "s"',
      [{ scheme: 'bearer', parameters: { realm: 'token', service: 's' } }],
    ],
    [
      'Basic realm="x", Bearer realm="https://r/t"',
      [
        { scheme: 'basic', parameters: { realm: 'x' } },
        { scheme: 'bearer', parameters: { realm: 'https://r/t' } },
      ],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'x' } },
      ],
    ],
    [
      'Bearer realm="https://r/1",realm="https://evil/2"',
      [{ scheme: 'bearer', parameters: { realm: 'https://r/1' } }],
    ],
    ['Bearer realm="unfinished', [{ scheme: 'bearer', parameters: {} }]],
    ['realm="no scheme"', []],
    ['', []],
  ])('%s', (header, expected) => {
    expect(
      parseChallenges(header).map(({ scheme, parameters }) => ({
        scheme,
        parameters: { ...parameters },
      })),
    ).toEqual(expected);
  });

  test('a parameter cannot reach the prototype', () => {
    expect(parseChallenges('Bearer __proto__="x"')[0]?.parameters['__proto__']).toBe('x');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('where a token is fetched', () => {
  test.each([
    ['https://auth.docker.io/token', 'https://registry-1.docker.io', true],
    ['https://ghcr.io/token', 'https://ghcr.io', true],
    ['http://127.0.0.1:1/token', 'http://127.0.0.1:2', true],
    ['http://127.0.0.1:1/token', 'https://ghcr.io', false],
    ['http://auth.example.org/token', 'https://registry.example.org', false],
    ['http://auth.example.org/token', 'http://127.0.0.1:2', false],
    ['https://u:p@ghcr.io/token', 'https://ghcr.io', false],
    ['/token', 'https://ghcr.io', false],
    ['file:///etc/passwd', 'http://127.0.0.1:2', false],
    [undefined, 'https://ghcr.io', false],
  ])('realm %s of %s: %s', (realm, origin, allowed) => {
    expect(realmUrl(realm, origin)?.href).toBe(allowed ? realm : undefined);
  });
});
