import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type FaultSubject,
  type RecordingProxyOptions,
  startOciRegistry,
} from '@ameide/local-registries';
import {
  createHttp,
  FileBody,
  type Http,
  HttpError,
  type HttpResponse,
} from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { answerProblem, noToken } from '../src/problems.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

type Fault = NonNullable<ReturnType<NonNullable<RecordingProxyOptions['fault']>>>;

/** A registry whose answers to `method path` fail as listed, until `recover()`. */
async function faulty(
  method: string,
  path: RegExp,
  fault: Fault,
  times = Infinity,
): Promise<World & { recover(): void }> {
  let left = times;
  const world = await worldOf(await startOciRegistry(), {
    fault: (request: FaultSubject) =>
      request.method === method && path.test(request.path) && left-- > 0 ? fault : undefined,
  });
  return { ...world, recover: () => (left = 0) };
}

/**
 * Leaves half of the first PUT to such an address in its upload session, and then says that the
 * connection broke.
 */
function cutOnce(path: RegExp): Http {
  const http = createHttp();
  let left = 1;
  return {
    async request(request) {
      if (request.method !== 'PUT' || !path.test(request.url) || left-- <= 0)
        return http.request(request);
      const { body } = request;
      const bytes = body instanceof FileBody ? await readFile(body.path) : (body as Uint8Array);
      const half = bytes.subarray(0, bytes.length / 2);
      const url = request.url.replace(/&?digest=[^&]*/, '');
      await http.request({ ...request, method: 'PATCH', url, body: half });
      throw new HttpError('network', 'PUT', 'the connection broke');
    },
  };
}

const MANIFEST = /\/manifests\/[0-9a-f]{40}$/;
const puts = (world: World): number =>
  world.proxy.requests.filter(({ method, path }) => method === 'PUT' && MANIFEST.test(path)).length;

describe('a doubtful answer to the manifest is settled by reading it back', () => {
  test.each([
    ['committed, then the connection dropped', { kind: 'reset', forward: true }, 1],
    ['committed, then 503', { kind: 'status', status: 503, forward: true }, 1],
    ['committed, then 409', { kind: 'status', status: 409, forward: true }, 1],
    ['503 once, not committed', { kind: 'status', status: 503 }, 2],
    [
      '429 once, not committed',
      { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
      2,
    ],
    ['the connection reset once', { kind: 'reset' }, 2],
  ] as const)('%s', async (_name, fault, attempts) => {
    await using world = await faulty('PUT', MANIFEST, fault, 1);
    const { publish, built } = await run(world);
    expect(await publish()).toMatchObject([
      { outcome: 'published', digest: built.manifest.digest },
    ]);
    expect(puts(world)).toBe(attempts);
    expect(await world.tags()).toEqual({ [SHA]: built.manifest.digest });
    world.proxy.clear();
    expect(await publish()).toMatchObject([{ outcome: 'already-there' }]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test('503 always: incomplete, nothing there; the next run finishes', async () => {
    await using world = await faulty('PUT', MANIFEST, { kind: 'status', status: 503 });
    const { publish, built } = await run(world);
    expect(await publish()).toMatchObject([
      {
        outcome: 'incomplete',
        problem: { code: 'ghcr-unavailable', effect: 'none', rerun: 'safe' },
      },
    ]);
    expect(await world.tags()).toEqual({});
    world.recover();
    expect(await publish()).toMatchObject([{ outcome: 'published' }]);
    expect(await world.tags()).toEqual({ [SHA]: built.manifest.digest });
  });

  test('the registry cannot be read: unknown, and no second PUT', async () => {
    let pushed = false;
    await using world = await worldOf(await startOciRegistry(), {
      fault({ method, path }) {
        if (method === 'PUT' && MANIFEST.test(path)) pushed = true;
        return pushed && MANIFEST.test(path)
          ? { kind: 'reset', forward: method === 'PUT' }
          : undefined;
      },
    });
    expect(await (await run(world)).publish()).toMatchObject([
      { outcome: 'unknown', problem: { kind: 'unknown', effect: 'unknown' } },
    ]);
    expect(puts(world)).toBe(1);
  });

  test('another commit’s image came in between: conflict, and it stays', async () => {
    await using world = await worldOf(await startOciRegistry(), {
      async onRequest({ method, path }) {
        if (method !== 'PUT' || !path.endsWith('/manifests/0.1.0')) return;
        const theirs = await world.fetch(`manifests/${OTHER}`);
        await world.fetch('manifests/0.1.0', {
          method: 'PUT',
          body: await theirs.arrayBuffer(),
          headers: { 'content-type': theirs.headers.get('content-type') ?? '' },
        });
      },
      fault: ({ method, path }) =>
        method === 'PUT' && path.endsWith('/manifests/0.1.0')
          ? { kind: 'status', status: 503 }
          : undefined,
    });
    const theirs = await run(world, { sha: OTHER });
    await theirs.publish();
    const { publish } = await run(world, { channel: 'release' });
    expect(await publish()).toMatchObject([
      { outcome: 'published' },
      { outcome: 'conflict', problem: { code: 'ghcr-tag-conflict' } },
    ]);
    expect((await world.tags())['0.1.0']).toBe(theirs.built.manifest.digest);
  });
});

describe('blobs', () => {
  test.each([
    ['the session', 'POST', /\/blobs\/uploads\//, { kind: 'status', status: 503 }],
    ['the bytes', 'PUT', /\/blobs\/uploads\//, { kind: 'reset' }],
    ['the answer to the bytes', 'PUT', /\/blobs\/uploads\//, { kind: 'reset', forward: true }],
    [
      'the answer to the bytes, with 503',
      'PUT',
      /\/blobs\/uploads\//,
      { kind: 'status', status: 503, forward: true },
    ],
    ['the session to another one', 'POST', /\/blobs\/uploads\//, { kind: 'status', status: 409 }],
    ['the bytes to another session', 'PUT', /\/blobs\/uploads\//, { kind: 'status', status: 409 }],
    [
      'the session before the bytes come',
      'PUT',
      /\/blobs\/uploads\//,
      { kind: 'status', status: 404 },
    ],
  ] as const)('losing %s once is recovered from', async (_name, method, path, fault) => {
    await using world = await faulty(method, path, fault, 1);
    const { publish, built } = await run(world);
    expect(await publish()).toMatchObject([{ outcome: 'published' }]);
    for (const { digest, size } of built.blobs) {
      expect(
        (await world.fetch(`blobs/${digest}`, { method: 'HEAD' })).headers.get('content-length'),
      ).toBe(String(size));
    }
  });

  test('a registry that takes no bytes: incomplete, no tag', async () => {
    await using world = await faulty('PUT', /\/blobs\/uploads\//, { kind: 'status', status: 503 });
    expect(await (await run(world)).publish()).toMatchObject([
      { outcome: 'incomplete', problem: { code: 'ghcr-unavailable' } },
    ]);
    expect(puts(world)).toBe(0);
  });

  test.each(['POST', 'PUT'])(
    'a registry that answers every %s with 409: a further run may help',
    async (method) => {
      await using world = await faulty(method, /\/blobs\/uploads\//, {
        kind: 'status',
        status: 409,
      });
      const { publish } = await run(world);
      expect(await publish()).toMatchObject([
        {
          outcome: 'incomplete',
          problem: { code: 'ghcr-upload-ended', effect: 'none', rerun: 'safe' },
        },
      ]);
      world.recover();
      expect(await publish()).toMatchObject([{ outcome: 'published' }]);
    },
  );

  test('an upload that broke starts again in a new session', async () => {
    await using world = await worldOf(await startOciRegistry());
    const { publish, built } = await run(
      world,
      {},
      { ports: { http: cutOnce(/\/blobs\/uploads\//) } },
    );
    expect(await publish()).toMatchObject([
      { outcome: 'published', digest: built.manifest.digest },
    ]);
    const sessions = world.proxy.requests.flatMap(
      ({ path }) => /\/uploads\/([0-9a-f-]+)/.exec(path)?.[1] ?? [],
    );
    expect(sessions).toHaveLength(built.blobs.length + 1);
    expect(new Set(sessions).size, 'one for each attempt').toBe(sessions.length);
  });

  test('an upload to another host carries no credential', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(201).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/upload?state=1`;
    await using world = await faulty('POST', /\/blobs\/uploads\//, {
      kind: 'status',
      status: 202,
      headers: { location: elsewhere },
    });
    await (await run(world)).publish();
    expect(world.proxy.requests.some(({ authorization }) => authorization)).toBe(true);
    expect(seen).toEqual([undefined, undefined]);
    await new Promise((resolve) => server.close(resolve));
  });

  test('an upload is not sent to a host without https', async () => {
    await using world = await faulty('POST', /\/blobs\/uploads\//, {
      kind: 'status',
      status: 202,
      headers: { location: 'http://192.0.2.1/upload' },
    });
    expect(await (await run(world)).publish()).toMatchObject([
      { outcome: 'incomplete', problem: { code: 'ghcr-insecure' } },
    ]);
  });
});

describe('a registry that asks for a wait', () => {
  const UPLOADS = /\/blobs\/uploads\//;

  /** What was waited, of one run of `publish`; its publisher writes on. */
  async function publishing(world: World) {
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);
    const { publish } = await run(world, {}, { ports: { sleep } });
    return { result: await publish(), waits };
  }

  test.each([
    ['the session of a blob', 'POST', UPLOADS, 429],
    ['a blob', 'PUT', UPLOADS, 429],
    ['a blob', 'PUT', UPLOADS, 503],
    ['a manifest', 'PUT', MANIFEST, 429],
    ['a manifest', 'PUT', MANIFEST, 503],
  ] as const)(
    'before %s (%s) gets it: Retry-After of %s %s',
    async (_name, method, path, status) => {
      const headers = { 'retry-after': '4' };
      await using world = await faulty(method, path, { kind: 'status', status, headers }, 1);
      const { result, waits } = await publishing(world);
      expect(result).toMatchObject([{ outcome: 'published' }]);
      expect(waits).toEqual([4000]);
    },
  );

  test('of a day ends in a hint to run again later, after one more look', async () => {
    const headers = { 'retry-after': '86400' };
    await using world = await faulty('PUT', MANIFEST, { kind: 'status', status: 429, headers });
    const { result, waits } = await publishing(world);
    const problem = {
      code: 'ghcr-rate-limited',
      effect: 'none',
      rerun: 'safe',
      hint: expect.stringContaining('(86400 s)') as string,
    };
    expect(result).toMatchObject([{ outcome: 'incomplete', problem }]);
    expect(waits.filter((ms) => ms > 1000)).toEqual([]);
    expect(puts(world)).toBe(1);
  });
});

describe('a manifest that is never answered', () => {
  test('may land later: unknown, and the next run finishes', async () => {
    await using world = await faulty('PUT', MANIFEST, { kind: 'reset' });
    const { publish } = await run(world);
    const problem = {
      code: 'ghcr-outcome-unknown',
      kind: 'unknown',
      effect: 'unknown',
      rerun: 'safe',
    };
    expect(await publish()).toMatchObject([{ outcome: 'unknown', problem }]);
    expect(puts(world)).toBe(3);
    world.recover();
    expect(await publish()).toMatchObject([{ outcome: 'published' }]);
  });

  test('lands after the last attempt: found by the last look', async () => {
    let reads = 0;
    await using world = await worldOf(await startOciRegistry(), {
      fault({ method, path }) {
        if (!MANIFEST.test(path)) return undefined;
        if (method === 'PUT') return { kind: 'reset', forward: true };
        // Hidden until the look after the third attempt.
        return ++reads <= 4 ? { kind: 'status', status: 404 } : undefined;
      },
    });
    expect(await (await run(world)).publish()).toMatchObject([{ outcome: 'published' }]);
    expect(puts(world)).toBe(3);
  });
});

test('an immutable tag that another run of the commit has just set is refused, and is there', async () => {
  const body = '{"errors":[{"code":"DENIED","message":"the tag is immutable"}]}';
  await using world = await faulty('PUT', MANIFEST, {
    kind: 'status',
    status: 400,
    body,
    forward: true,
  });
  expect(await (await run(world)).publish()).toMatchObject([{ outcome: 'published' }]);
  expect(puts(world)).toBe(1);
});

test('an abort while it waits ends the run, and nothing more is sent', async () => {
  await using world = await faulty('PUT', MANIFEST, { kind: 'status', status: 503 });
  const [controller, reason] = [new AbortController(), new Error('cancelled')];
  const sleep = async (): Promise<void> => controller.abort(reason);
  const { built, plan, publisher } = await run(world, {}, { ports: { sleep } });
  const { signal } = controller;
  await expect(publisher.publish(plan, built, { ...(await step()), signal })).rejects.toBe(reason);
  expect(puts(world)).toBe(1);
});

describe('reading', () => {
  test('a registry that does not say is unknown, never absent', async () => {
    await using world = await faulty('GET', /\/manifests\//, { kind: 'status', status: 500 });
    const { publisher, plan, publish } = await run(world);
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([
      { state: 'unknown', problem: { code: 'ghcr-unavailable' } },
    ]);
    expect(await publish()).toMatchObject([{ outcome: 'incomplete' }]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test('DENIED without a token is unknown: private and absent look the same', async () => {
    const body =
      '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}';
    await using world = await faulty('GET', /\/manifests\//, { kind: 'status', status: 403, body });
    const { publisher, plan } = await run(world, {}, { token: '' });
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([
      {
        state: 'unknown',
        problem: {
          kind: 'authentication',
          message: expect.stringContaining('DENIED') as string,
          hint: expect.stringContaining('private') as string,
        },
      },
    ]);
  });

  test('bytes that are not what the registry says they are', async () => {
    const headers = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    await using world = await faulty('GET', /\/manifests\//, {
      kind: 'status',
      status: 200,
      body: '{}',
      headers,
    });
    const { publisher, plan } = await run(world);
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([
      { state: 'unknown', problem: { code: 'ghcr-digest-mismatch' } },
    ]);
  });

  test('something that is no registry', async () => {
    await using world = await faulty('GET', /\/v2\/$/, { kind: 'status', status: 404 });
    const { publisher, plan } = await run(world);
    expect(await publisher.check(plan, await step())).toMatchObject([
      { code: 'ghcr-not-a-registry', kind: 'incomplete', rerun: 'after-fix' },
    ]);
  });
});

describe('tokens', () => {
  test('GitHub’s settings are advised for ghcr.io alone', () => {
    const operation = { what: 'push', effect: 'none' } as const;
    expect(noToken(operation, 'https://ghcr.io', 'o/r').hint).toMatch(/GHCR_TOKEN or GITHUB_TOKEN/);
    expect(noToken(operation, 'https://r.example', 'o/r').hint).not.toMatch(/Actions/);
    const refused = (url: string) =>
      answerProblem(operation, {
        status: 401,
        statusText: '',
        headers: new Headers(),
        url,
        json: () => null,
      } as unknown as HttpResponse).hint;
    expect(refused('https://ghcr.io/token')).toMatch(/write:packages/);
    expect(refused('https://r.example/v2/')).toMatch(/^Check the options token and user/);
  });

  test('without one a public image is read, and nothing is pushed', async () => {
    await using world = await worldOf(await startOciRegistry());
    await (await run(world)).publish();
    world.proxy.clear();
    const { publisher, plan, built } = await run(world, { channel: 'release' }, { token: '' });
    expect(await publisher.check(plan, await step())).toMatchObject([
      {
        code: 'ghcr-unauthorized',
        kind: 'authentication',
        message: expect.stringContaining('There is no token for http://127.0.0.1:') as string,
        hint: expect.stringMatching(/^Give ghcr the options token and user/) as string,
      },
    ]);
    expect((await publisher.inspect({ plan }, await step())).map(({ state }) => state)).toEqual([
      'same-source',
      'absent',
    ]);
    expect(await publisher.publish(plan, built, await step())).toMatchObject([
      { outcome: 'already-there' },
      { outcome: 'incomplete', problem: { code: 'ghcr-unauthorized' } },
    ]);
  });

  test('an expired one is fetched again', async () => {
    let now = Date.now();
    await using world = await worldOf(await startOciRegistry({ now: () => now }));
    const { publisher, plan, publish } = await run(world);
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([{ state: 'absent' }]);
    now += 3_600_000;
    expect(await publish()).toMatchObject([{ outcome: 'published' }]);
  });

  test('one that may only read is used for reading', async () => {
    await using world = await faulty('GET', /^\/token\?.*push/, { kind: 'status', status: 403 });
    const { publisher, plan, publish } = await run(world);
    expect(await publisher.check(plan, await step())).toMatchObject([
      { code: 'ghcr-forbidden', kind: 'authentication' },
    ]);
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([{ state: 'absent' }]);
    expect(await publish()).toMatchObject([
      { outcome: 'incomplete', problem: { code: 'ghcr-forbidden', effect: 'none' } },
    ]);
    expect(await world.tags()).toEqual({});
  });

  test('one exchange serves a whole run', async () => {
    await using world = await worldOf(await startOciRegistry());
    const { publisher, plan, publish, promote } = await run(world);
    await publisher.inspect({ plan }, await step());
    await publish();
    await promote();
    expect(world.proxy.requests.filter(({ path }) => path.startsWith('/token'))).toHaveLength(1);
  });

  test('the environment’s GitHub token goes to ghcr.io alone', async () => {
    await using world = await worldOf(await startOciRegistry());
    const env = {
      ...process.env,
      GITHUB_TOKEN: world.registry.password,
      GHCR_TOKEN: world.registry.password,
      GITHUB_ACTOR: world.registry.user,
    };
    const { token: _token, user: _user, ...options } = world.options();
    const { publisher, plan } = await run({
      ...world,
      options: () => ({ ...options, ports: { ...options.ports, env } }),
    });
    expect(await publisher.check(plan, await step())).toMatchObject([
      { code: 'ghcr-unauthorized' },
    ]);
    expect(world.proxy.requests.some(({ authorization }) => authorization)).toBe(false);
  });
});

describe('a 2xx other than 201 is not trusted', () => {
  const page: Fault = {
    kind: 'status',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<title>Log in</title>',
  };

  test('a web page as the answer to the PUT of a tag moves nothing', async () => {
    await using world = await faulty('PUT', /\/manifests\/dev$/, page);
    const { publish, promote, built } = await run(world);
    await publish();
    expect(await promote()).toMatchObject([{ outcome: 'blocked', problem: { effect: 'none' } }]);
    expect(await world.tags()).toEqual({ [SHA]: built.manifest.digest });
    world.recover();
    expect(await promote()).toMatchObject([{ outcome: 'moved' }]);
  });

  test('202 of a registry that has stored it is settled by reading', async () => {
    await using world = await faulty('PUT', MANIFEST, {
      kind: 'status',
      status: 202,
      forward: true,
    });
    const { publish } = await run(world);
    expect(await publish()).toMatchObject([{ outcome: 'published' }]);
    expect(puts(world)).toBe(1);
  });
});

describe('an answer of another server shows neither that a tag is there nor that it is absent', () => {
  const html = { 'content-type': 'text/html; charset=utf-8' };
  const page = '<!DOCTYPE html><title>Log in</title>';
  test.each<[string, Fault]>([
    ['a login page', { kind: 'status', status: 200, headers: html, body: page }],
    [
      'a login page said to be a manifest',
      { kind: 'status', status: 200, headers: { 'content-type': 'application/json' }, body: page },
    ],
    ['a page that says not found', { kind: 'status', status: 404, headers: html, body: page }],
    [
      'JSON that is no manifest',
      { kind: 'status', status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
    ],
    ['nothing', { kind: 'status', status: 200 }],
  ])('%s', async (_name, fault) => {
    await using world = await faulty('GET', /\/manifests\//, fault);
    const { publisher, publish, plan } = await run(world);
    const problem = { code: 'ghcr-malformed', kind: 'incomplete', effect: 'none', rerun: 'safe' };
    expect(await publisher.inspect({ plan }, await step())).toMatchObject([
      { state: 'unknown', problem },
    ]);
    expect(await publish()).toMatchObject([{ outcome: 'incomplete', problem }]);
    expect(world.proxy.mutating()).toEqual([]);
  });
});
