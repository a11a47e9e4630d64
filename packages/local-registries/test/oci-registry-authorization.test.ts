import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type RunningOciRegistry, startOciRegistry } from '../src/oci-registry/index.ts';
import { startRecordingProxy } from '../src/recording-proxy/index.ts';
import { basicHeader, digestOf, errorCode, imageManifest, OciClient } from './oci-client.ts';

interface TokenAnswer {
  readonly token: string;
  readonly access_token: string;
  readonly expires_in: number;
  readonly issued_at: string;
}

async function tokenFor(
  registry: RunningOciRegistry,
  scope: string,
  authorization?: string,
): Promise<TokenAnswer> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const response = await fetch(
    `${registry.url}/token?service=${registry.host}&scope=${encodeURIComponent(scope)}`,
    { headers },
  );
  expect(response.status).toBe(200);
  return (await response.json()) as TokenAnswer;
}

test.each(['bearer', 'basic'] as const)(
  'a private registry gives only to the user (%s)',
  async (auth) => {
    await using registry = await startOciRegistry({ auth, isPrivate: true });
    const read = async (user?: string): Promise<number> => {
      const token =
        auth === 'bearer' ? await tokenFor(registry, 'repository:o/i:pull', user) : undefined;
      const authorization = token === undefined ? user : `Bearer ${token.token}`;
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      return (await fetch(`${registry.url}/v2/o/i/manifests/v1`, { headers })).status;
    };
    expect(await read()).toBe(401);
    expect(await read(basicHeader(registry.user, registry.password))).toBe(404);
  },
);

describe('bearer', () => {
  test('challenges every request that has no token, naming realm, service and scope', async () => {
    await using registry = await startOciRegistry();
    const client = new OciClient(registry);
    const realm = `Bearer realm="http://${registry.host}/token",service="${registry.host}"`;
    const challenge = async (method: string, path: string): Promise<unknown> => {
      const response = await client.send(method, path);
      return [response.status, response.headers.get('www-authenticate')];
    };
    expect(await challenge('GET', '/v2/')).toEqual([401, realm]);
    expect(await challenge('GET', '/v2/o/i/manifests/v1')).toEqual([
      401,
      `${realm},scope="repository:o/i:pull"`,
    ]);
    expect(await challenge('POST', '/v2/o/i/blobs/uploads/')).toEqual([
      401,
      `${realm},scope="repository:o/i:pull,push"`,
    ]);
    expect(await challenge('DELETE', '/v2/o/i/manifests/v1')).toEqual([
      401,
      `${realm},scope="repository:o/i:delete"`,
    ]);
    expect(await errorCode(await client.send('GET', '/v2/'))).toBe('UNAUTHORIZED');
  });

  test('gives anybody a token to pull with, and the user one to push and delete with', async () => {
    await using registry = await startOciRegistry();
    const client = new OciClient(registry);
    const user = basicHeader(registry.user, registry.password);
    const start = async (token: string): Promise<number> =>
      (
        await client.send('POST', '/v2/o/i/blobs/uploads/', undefined, {
          authorization: `Bearer ${token}`,
        })
      ).status;
    const anonymous = await tokenFor(registry, 'repository:o/i:pull,push');
    expect(anonymous).toMatchObject({ expires_in: 300, access_token: anonymous.token });
    expect(await start(anonymous.token)).toBe(401);
    const pull = await client.send('GET', '/v2/o/i/tags/list', undefined, {
      authorization: `Bearer ${anonymous.token}`,
    });
    expect([pull.status, await errorCode(pull)]).toEqual([404, 'NAME_UNKNOWN']);
    expect(await start((await tokenFor(registry, 'repository:o/i:pull', user)).token)).toBe(401);
    expect(
      await start((await tokenFor(registry, 'repository:o/other:pull,push', user)).token),
    ).toBe(401);
    expect(await start((await tokenFor(registry, 'repository:o/i:pull,push', user)).token)).toBe(
      202,
    );
    expect(
      await start(
        (await tokenFor(registry, 'repository:o/other:pull repository:o/i:*', user)).token,
      ),
    ).toBe(202);
  });

  test('mounting a blob needs a token that may also pull it', async () => {
    await using registry = await startOciRegistry();
    const client = new OciClient(registry);
    const user = basicHeader(registry.user, registry.password);
    const own = 'repository:o/i:pull,push';
    const mount = async (scope: string): Promise<unknown> => {
      const { token } = await tokenFor(registry, scope, user);
      const path = `/v2/o/i/blobs/uploads/?mount=${digestOf('absent')}&from=o/other`;
      const headers = { authorization: `Bearer ${token}` };
      const { status, headers: got } = await client.send('POST', path, undefined, headers);
      return [status, /scope="[^"]*"/.exec(got.get('www-authenticate') ?? '')?.[0]];
    };
    expect(await mount(own)).toEqual([401, `scope="${own} repository:o/other:pull"`]);
    expect(await mount(`${own} repository:o/other:pull`)).toEqual([202, undefined]);
  });

  test.each([
    ['pull,push', 401],
    ['delete', 404],
    ['*', 404],
  ])('a token for %s answers DELETE with %i', async (actions, status) => {
    await using registry = await startOciRegistry();
    const { token } = await tokenFor(
      registry,
      `repository:o/i:${actions}`,
      basicHeader(registry.user, registry.password),
    );
    const response = await new OciClient(registry).send(
      'DELETE',
      `/v2/o/i/manifests/${digestOf('x')}`,
      undefined,
      {
        authorization: `Bearer ${token}`,
      },
    );
    expect(response.status).toBe(status);
  });

  test('sends a client that came through a proxy back through it', async () => {
    await using registry = await startOciRegistry();
    await using proxy = await startRecordingProxy(registry.url);
    const challenge = (await fetch(`${proxy.url}/v2/`)).headers.get('www-authenticate') ?? '';
    expect(challenge).toContain(`realm="${proxy.url}/token"`);
    const { token } = await tokenFor(
      { ...registry, url: proxy.url },
      'repository:o/i:pull,push',
      basicHeader(registry.user, registry.password),
    );
    const started = await new OciClient(proxy).send('POST', '/v2/o/i/blobs/uploads/', undefined, {
      authorization: `Bearer ${token}`,
    });
    expect(new URL(started.headers.get('location') ?? '', proxy.url).origin).toBe(proxy.url);
    expect(proxy.requests.map((request) => request.status)).toEqual([401, 200, 202]);
  });

  test('a token ends with its lifetime', async () => {
    let now = Date.UTC(2025, 10, 13);
    await using registry = await startOciRegistry({ tokenLifetime: 60, now: () => now });
    const {
      token,
      issued_at: issued,
      expires_in: lifetime,
    } = await tokenFor(registry, 'repository:o/i:pull');
    expect([issued, lifetime]).toEqual(['2025-11-13T00:00:00.000Z', 60]);
    const ping = async (): Promise<readonly unknown[]> => {
      const response = await new OciClient(registry).send('GET', '/v2/', undefined, {
        authorization: `Bearer ${token}`,
      });
      return [
        response.status,
        /error="(\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1],
      ];
    };
    now += 59_999;
    expect(await ping()).toEqual([200, undefined]);
    now += 1;
    expect(await ping()).toEqual([401, 'invalid_token']);
  });

  test('a token of another server, an altered one, and the password itself are refused', async () => {
    await using registry = await startOciRegistry();
    await using other = await startOciRegistry();
    const foreign = (await tokenFor(other, 'repository:o/i:pull')).token;
    const own = (await tokenFor(registry, 'repository:o/i:pull')).token;
    const [header, claims = '', signature] = own.split('.');
    const widened = Buffer.from(
      Buffer.from(claims, 'base64url').toString().replace('"pull"', '"push"'),
    ).toString('base64url');
    for (const authorization of [
      `Bearer ${foreign}`,
      `Bearer ${header}.${widened}.${signature}`,
      'Bearer x',
      basicHeader(registry.user, registry.password),
    ]) {
      const refused = await new OciClient(registry).send('GET', '/v2/o/i/tags/list', undefined, {
        authorization,
      });
      expect([authorization, refused.status]).toEqual([authorization, 401]);
    }
  });

  test('wrong credentials get no token, not even an anonymous one', async () => {
    await using registry = await startOciRegistry();
    for (const authorization of [
      basicHeader(registry.user, 'wrong'),
      basicHeader('wrong', registry.password),
      'Basic !',
    ]) {
      const response = await fetch(`${registry.url}/token?scope=repository:o/i:pull`, {
        headers: { authorization },
      });
      expect([response.status, await errorCode(response)]).toEqual([401, 'UNAUTHORIZED']);
    }
  });

  test('neither password nor token is in the log', async () => {
    await using registry = await startOciRegistry();
    const { token } = await tokenFor(
      registry,
      'repository:o/i:pull,push',
      basicHeader(registry.user, registry.password),
    );
    await new OciClient(registry).send('POST', '/v2/o/i/blobs/uploads/', undefined, {
      authorization: `Bearer ${token}`,
    });
    const log = await readFile(registry.logFile, 'utf8');
    expect(log).toContain('POST /v2/o/i/blobs/uploads/ 202');
    for (const secret of [
      registry.password,
      token,
      basicHeader(registry.user, registry.password).slice(6),
    ])
      expect(log).not.toContain(secret);
  });
});

describe('basic', () => {
  test('pulling is open, writing needs the user, /v2/ says so', async () => {
    await using registry = await startOciRegistry({ auth: 'basic' });
    const client = new OciClient(registry);
    const authorization = basicHeader(registry.user, registry.password);
    const ping = await client.send('GET', '/v2/');
    expect([ping.status, ping.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic realm=/),
    ]);
    expect((await client.send('GET', '/v2/', undefined, { authorization })).status).toBe(200);
    expect((await client.send('GET', '/v2/o/i/manifests/v1')).status).toBe(404);
    expect((await client.send('POST', '/v2/o/i/blobs/uploads/')).status).toBe(401);
    expect((await client.send('PUT', '/v2/o/i/manifests/v1', imageManifest([]))).status).toBe(401);
    expect((await client.send('DELETE', '/v2/o/i/manifests/v1')).status).toBe(401);
    expect(
      (await client.send('POST', '/v2/o/i/blobs/uploads/', undefined, { authorization })).status,
    ).toBe(202);
    const wrong = basicHeader(registry.user, 'wrong');
    expect(
      (await client.send('GET', '/v2/o/i/manifests/v1', undefined, { authorization: wrong }))
        .status,
    ).toBe(401);
  });
});
