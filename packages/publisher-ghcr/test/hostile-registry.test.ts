import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type FaultSubject,
  type RecordingProxyOptions,
  startOciRegistry,
} from '@ameide/local-registries';
import { createHttp, type Http, Secret } from '@ameide/publisher-kit';
import { ok } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { RegistryClient } from '../src/registry/client.ts';
import { Session } from '../src/registry/session.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

type Fault = NonNullable<ReturnType<NonNullable<RecordingProxyOptions['fault']>>>;

async function hostile(fault: (request: FaultSubject) => Fault | undefined): Promise<World> {
  return worldOf(await startOciRegistry(), { fault });
}

interface Elsewhere extends AsyncDisposable {
  readonly url: string;
  /** `METHOD path authorization`. */
  readonly seen: readonly string[];
}

/**
 * Another host. It refuses every request, and its challenge names a realm of its own that would
 * give a token.
 */
async function elsewhere(
  answer?: (request: IncomingMessage) => { status: number; body: string },
): Promise<Elsewhere> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    seen.push(`${method} ${url.replace(/\?.*/, '')} ${headers.authorization}`);
    request.resume();
    const refusal = answer?.(request) ?? { status: 401, body: '' };
    const { status, body } = url.startsWith('/token')
      ? { status: 200, body: '{"token":"theirs"}' }
      : refusal;
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'www-authenticate': `Bearer realm="${there}/token",service="x"`,
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: there,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientOf(world: World): RegistryClient {
  const { user, password } = world.registry;
  const input = {
    origin: world.proxy.url,
    repository: 'ameideio/sdk',
    http: createHttp(),
    login: async () => ok({ user, password: new Secret(password) }),
  };
  return new RegistryClient(new Session(input), 'ameideio/sdk', world.image);
}

describe('a host that the registry redirects to', () => {
  const blob = `sha256:${'a'.repeat(64)}`;
  const { signal } = new AbortController();
  const large = { 'sdk/large.bin': randomBytes(1 << 21).toString('base64') };
  const verbs: [string, string, RegExp, (world: World) => Promise<unknown>, string?][] = [
    [
      'GET of a manifest',
      'GET',
      /\/manifests\//,
      async (world) => clientOf(world).manifest(SHA, signal),
      'ghcr-redirect',
    ],
    [
      'GET of a blob',
      'GET',
      /\/blobs\/sha256/,
      async (world) => clientOf(world).config(blob, signal),
      'ghcr-redirect',
    ],
    [
      'HEAD of a blob',
      'HEAD',
      /\/blobs\/sha256/,
      async (world) => (await run(world, {}, {}, large)).publish(),
    ],
    [
      'POST of an upload',
      'POST',
      /\/blobs\/uploads\//,
      async (world) => (await run(world)).publish(),
      'ghcr-redirect',
    ],
    [
      'PUT of an upload',
      'PUT',
      /\/blobs\/uploads\//,
      async (world) => (await run(world)).publish(),
      'ghcr-redirect',
    ],
    [
      'PUT of a manifest',
      'PUT',
      /\/manifests\//,
      async (world) => (await run(world)).publish(),
      'ghcr-redirect',
    ],
  ];

  test.each(verbs)(
    'is given no token, and its challenge is ignored: %s',
    async (_name, method, path, act, code) => {
      await using other = await elsewhere();
      const redirect: Fault = {
        kind: 'status',
        status: 307,
        headers: { location: `${other.url}/elsewhere` },
      };
      await using world = await hostile((request) =>
        request.method === method && path.test(request.path) ? redirect : undefined,
      );
      const outcome = JSON.stringify(await act(world));
      expect(
        other.seen.filter((request) => !/^(?:GET|HEAD) \/elsewhere undefined$/.test(request)),
      ).toEqual([]);
      expect(other.seen.length, 'reads are followed').toBe(
        method === 'GET' || method === 'HEAD' ? 1 : 0,
      );
      if (code === undefined) expect(outcome).toContain('"published"');
      else expect(outcome).toContain(code);
    },
  );

  test('is given no token either when one was already fetched', async () => {
    await using other = await elsewhere();
    const redirect: Fault = {
      kind: 'status',
      status: 307,
      headers: { location: `${other.url}/elsewhere` },
    };
    await using world = await hostile(({ method, path }) =>
      method === 'GET' && path.includes('/manifests/') ? redirect : undefined,
    );
    const client = clientOf(world);
    const found = [await client.manifest(SHA, signal), await client.manifest(SHA, signal)];
    const problem = {
      code: 'ghcr-redirect',
      kind: 'incomplete',
      message: expect.stringContaining(`${other.url}, which answered 401`) as string,
    };
    expect(found).toMatchObject([
      { state: 'unknown', problem },
      { state: 'unknown', problem },
    ]);
    expect(other.seen).toEqual(['GET /elsewhere undefined', 'GET /elsewhere undefined']);
  });

  test('that receives an upload is given no token: its challenge is ignored', async () => {
    await using other = await elsewhere();
    const started: Fault = {
      kind: 'status',
      status: 202,
      headers: { location: `${other.url}/upload` },
    };
    await using world = await hostile(({ method, path }) =>
      method === 'POST' && path.includes('/uploads/') ? started : undefined,
    );
    expect(await (await run(world)).publish()).toMatchObject([
      { outcome: 'incomplete', problem: { code: 'ghcr-redirect' } },
    ]);
    expect(other.seen.length).toBeGreaterThan(0);
    expect(other.seen.filter((request) => request !== 'PUT /upload undefined')).toEqual([]);
  });
});

describe('a registry that repeats what it was sent', () => {
  /** Knows the tokens that the registry minted. */
  function listening(): { http: Http; minted: string[] } {
    const [http, minted] = [createHttp({ sleep: () => Promise.resolve() }), [] as string[]];
    const listen: Http = {
      async request(request) {
        const response = await http.request(request);
        if (request.url.includes('/token?'))
          minted.push((response.json() as { token: string }).token);
        return response;
      },
    };
    return { http: listen, minted };
  }

  test('does not put the password into the answer to a request with another token', async () => {
    let echo = false;
    await using world = await hostile(({ method, path }) => {
      if (!echo || method !== 'GET' || !/\/(?:manifests|tags)\//.test(path)) return undefined;
      const message = `${'.'.repeat(175)} token:${world.registry.password} may not`;
      return {
        kind: 'status',
        status: 403,
        body: JSON.stringify({ errors: [{ code: 'DENIED', message }] }),
      };
    });
    const { publisher, plan } = await run(world);
    expect(await publisher.check(plan, await step())).toEqual([]);
    echo = true;
    const found = await publisher.inspect({ plan }, await step());
    expect(found).toMatchObject([
      { problem: { code: 'ghcr-forbidden', message: expect.stringContaining('DENIED') as string } },
    ]);
    // In part, even: texts are shortened.
    expect(JSON.stringify(found)).not.toContain(world.registry.password.slice(0, 6));
  });

  test('does not put either secret into the answer to an upload, which carried none', async () => {
    const { http, minted } = listening();
    await using other = await elsewhere(() => {
      const message = `${world.registry.password} gave ${minted.join(' and ')}`;
      return { status: 400, body: JSON.stringify({ errors: [{ code: 'DENIED', message }] }) };
    });
    const started: Fault = {
      kind: 'status',
      status: 202,
      headers: { location: `${other.url}/upload` },
    };
    await using world = await hostile(({ method, path }) =>
      method === 'POST' && path.includes('/uploads/') ? started : undefined,
    );
    const published = JSON.stringify(await (await run(world, {}, { ports: { http } })).publish());
    expect(minted).toHaveLength(1);
    expect(published).toContain('DENIED: [secret] gave [secret]');
  });

  test('does not put it into an address that it redirects to, nor into the failure there', async () => {
    let leak = false;
    await using world = await hostile(({ path }) => {
      if (path.startsWith('/leak')) return { kind: 'reset' };
      if (!leak || !path.includes('/manifests/')) return undefined;
      return {
        kind: 'status',
        status: 307,
        headers: { location: `/leak/${world.registry.password}` },
      };
    });
    const { publisher, plan } = await run(world);
    expect(await publisher.check(plan, await step())).toEqual([]);
    leak = true;
    const found = await publisher.inspect({ plan }, await step());
    expect(found).toMatchObject([
      {
        problem: {
          code: 'ghcr-network',
          message: expect.stringContaining('/leak/[secret]') as string,
        },
      },
    ]);
    expect(JSON.stringify(found)).not.toContain(world.registry.password);
  });

  test('does not put it into a digest: only a digest is shown as one', async () => {
    await using world = await hostile(({ method, path }) => {
      const headers = { 'docker-content-digest': `token ${world.registry.password} ::error::x` };
      return method === 'PUT' && path.includes('/manifests/')
        ? { kind: 'status', status: 201, headers }
        : undefined;
    });
    const published = await (await run(world)).publish();
    const message = expect.stringContaining(
      'the registry says something that is no SHA-256 digest, the bytes are sha256:',
    ) as string;
    expect(published).toMatchObject([
      { outcome: 'incomplete', problem: { code: 'ghcr-digest-mismatch', message } },
    ]);
    expect(JSON.stringify(published)).not.toMatch(new RegExp(`${world.registry.password}|::error`));
  });

  test('does not put it into a label, which is redacted before it is shortened', async () => {
    let hold = false;
    await using world = await hostile(({ method, path }) => {
      if (!hold || method !== 'GET' || !path.endsWith('/manifests/latest')) return undefined;
      const version = `${'.'.repeat(50)}${world.registry.password}`;
      const annotations = {
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.revision': OTHER,
      };
      return {
        kind: 'status',
        status: 200,
        body: JSON.stringify({
          schemaVersion: 2,
          config: { digest: `sha256:${'0'.repeat(64)}` },
          annotations,
        }),
      };
    });
    const { publish, promote, publisher, plan } = await run(world, { channel: 'release' });
    await publish();
    hold = true;
    const moves = [...(await promote()), ...(await publisher.pointers(plan, await step()))];
    expect(moves.filter(({ pointer }) => pointer.pointer === 'latest')).toMatchObject([
      { outcome: 'blocked', problem: { code: 'ghcr-pointer-blocked' } },
      { version: expect.stringContaining('[secret]') as string },
    ]);
    expect(JSON.stringify(moves)).not.toContain(world.registry.password.slice(0, 6));
  });
});

test('a long answer to a write is read up to a limit', async () => {
  await using world = await hostile(({ method }) =>
    method === 'POST'
      ? { kind: 'status', status: 400, body: ' '.repeat(5 * 1024 * 1024) }
      : undefined,
  );
  expect(await (await run(world)).publish()).toMatchObject([
    { outcome: 'incomplete', problem: { code: 'ghcr-answer-too-large' } },
  ]);
});

test.each(['manifest', 'config', 'layer'])(
  'an image whose %s changed after the build is not sent',
  async (part) => {
    await using world = await hostile(() => undefined);
    const { built, publish, publisher, plan } = await run(world);
    const [config, layer] = built.blobs;
    const changed = { manifest: built.manifest, config, layer }[part]?.path ?? '';
    await appendFile(changed, ' ');
    const problem = {
      code: 'ghcr-image-changed',
      kind: 'incomplete',
      effect: 'none',
      message: expect.stringContaining(changed) as string,
    };
    expect(await publish()).toMatchObject([{ outcome: 'incomplete', problem }]);
    expect(world.proxy.mutating()).toEqual([]);
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([{ state: 'absent' }]);
  },
);
