import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Fault, FaultSubject } from '@ameide/local-registries';
import { readPackage } from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { writeTarball } from '../src/pack/tarball.ts';
import { originAgent } from '../src/registry/origin-agent.ts';
import { startRun } from './support/publishing.ts';
import { makeRelease, OTHER_SHA, releaseChannel, SHA } from './support/release.ts';
import { valueOf } from './support/result.ts';
import { testWorld } from './support/world.ts';

const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });
const PUT = 'PUT /@x%2fa';

const onUpload =
  (fault: Fault, times = Infinity) =>
  ({ method, path, count }: FaultSubject): Fault | undefined =>
    method === 'PUT' && !path.startsWith('/-/') && count <= times ? fault : undefined;

describe('what the registry holds decides what a doubtful answer meant', () => {
  test.each<[string, Fault]>([
    ['503', { kind: 'status', status: 503, forward: true }],
    [
      '409',
      { kind: 'status', status: 409, forward: true, body: '{"error":"Failed to save packument"}' },
    ],
    [
      '403',
      {
        kind: 'status',
        status: 403,
        forward: true,
        body: '{"error":"You cannot publish over the previously published versions"}',
      },
    ],
    ['a dropped connection', { kind: 'reset', forward: true }],
  ])('committed, then %s: published, with one upload', async (_, fault) => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    world.fault = onUpload(fault);
    expect(await run.publish()).toEqual({
      coordinate: run.plan.coordinates[0],
      outcome: 'published',
      digest: run.built.artifacts[0]?.digest,
    });
    expect(world.writes()).toEqual([PUT]);
  });

  test.each<[string, Fault, string]>([
    ['503', { kind: 'status', status: 503 }, 'published'],
    [
      '429 with Retry-After',
      { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      'published',
    ],
    ['409 of two writes that met', { kind: 'status', status: 409 }, 'published'],
    ['a dropped connection', { kind: 'reset' }, 'published'],
  ])('%s once, and nothing landed: sent again', async (_, fault, outcome) => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    world.fault = onUpload(fault, 1);
    expect(await run.publish()).toMatchObject({ outcome });
    expect(world.writes()).toEqual([PUT, PUT]);
    const asked = fault.kind === 'status' && fault.status === 429;
    const [wait = 0, ...more] = run.waits;
    expect([wait >= (asked ? 7000 : 500) && wait <= (asked ? 7000 : 1000), more]).toEqual([
      true,
      [],
    ]);
  });

  test.each<[string, Fault, object, number]>([
    [
      '503',
      { kind: 'status', status: 503 },
      {
        outcome: 'incomplete',
        problem: { code: 'npm-unavailable', kind: 'incomplete', effect: 'none', rerun: 'safe' },
      },
      3,
    ],
    [
      '429 for a day',
      { kind: 'status', status: 429, headers: { 'retry-after': '86400' } },
      { outcome: 'incomplete', problem: { code: 'npm-rate-limited', rerun: 'safe' } },
      1,
    ],
    [
      '402',
      { kind: 'status', status: 402 },
      {
        outcome: 'incomplete',
        problem: { code: 'npm-rejected', hint: expect.stringContaining("'public'") },
      },
      1,
    ],
    [
      '413',
      { kind: 'status', status: 413 },
      { outcome: 'incomplete', problem: { code: 'npm-too-large', rerun: 'after-fix' } },
      1,
    ],
    [
      '401',
      { kind: 'status', status: 401 },
      { outcome: 'incomplete', problem: { code: 'npm-unauthorized', kind: 'authentication' } },
      1,
    ],
    [
      '403',
      { kind: 'status', status: 403, body: '{"error":"no rights"}' },
      {
        outcome: 'incomplete',
        problem: {
          code: 'npm-forbidden',
          kind: 'authentication',
          message: expect.stringContaining('no rights'),
        },
      },
      1,
    ],
    [
      '404, npm’s word for no rights',
      { kind: 'status', status: 404 },
      { outcome: 'incomplete', problem: { code: 'npm-forbidden', kind: 'authentication' } },
      1,
    ],
    [
      'a gateway’s 504',
      { kind: 'status', status: 504 },
      {
        outcome: 'unknown',
        problem: { code: 'npm-outcome-unknown', kind: 'unknown', effect: 'unknown', rerun: 'safe' },
      },
      3,
    ],
    [
      '409',
      { kind: 'status', status: 409 },
      { outcome: 'unknown', problem: { code: 'npm-outcome-unknown' } },
      3,
    ],
    [
      'a dropped connection',
      { kind: 'reset' },
      {
        outcome: 'unknown',
        problem: { code: 'npm-outcome-unknown', message: expect.stringContaining('ECONNRESET') },
      },
      3,
    ],
  ])(
    '%s always, and nothing landed; one more run converges, and the next writes nothing',
    async (_, fault, expected, uploads) => {
      const world = await testWorld();
      const run = await startRun(world, RELEASE);
      world.fault = onUpload(fault);
      expect(await run.publish()).toMatchObject(expected);
      expect(world.writes()).toHaveLength(uploads);
      world.fault = undefined;
      expect(await run.publish()).toMatchObject({ outcome: 'published' });
      world.proxy.clear();
      expect(await run.publish()).toMatchObject({
        outcome: 'already-there',
        digest: run.built.artifacts[0]?.digest,
      });
      expect(world.writes()).toEqual([]);
    },
  );

  test('a registry that repeats the token in a refusal does not put it into the problem', async () => {
    const world = await testWorld();
    const { token } = world.registry;
    const run = await startRun(world, RELEASE);
    const echo = `no rights for Bearer ${token}`;
    const headers = { 'content-type': 'application/json', 'retry-after': echo };
    world.fault = onUpload({
      kind: 'status',
      status: 429,
      headers,
      body: JSON.stringify({ error: echo }),
    });
    const said = await run.publish();
    expect(said).toMatchObject({
      problem: { code: 'npm-rate-limited', message: expect.stringContaining('[secret]') },
    });
    expect(JSON.stringify(said)).not.toContain(token);
  });

  test('the registry cannot be read after a doubtful answer: unknown, and the next run finds it there', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    let sent = false;
    world.fault = ({ method }) => {
      if (method === 'PUT') sent = true;
      if (method === 'PUT') return { kind: 'reset', forward: true };
      return sent ? { kind: 'status', status: 503 } : undefined;
    };
    expect(await run.publish()).toMatchObject({
      outcome: 'unknown',
      problem: { code: 'npm-outcome-unknown', kind: 'unknown', effect: 'unknown' },
    });
    world.fault = undefined;
    world.proxy.clear();
    expect(await run.publish()).toMatchObject({ outcome: 'already-there' });
    expect(world.writes()).toEqual([]);
  });

  test('the registry cannot be read at all: nothing is sent', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    world.fault = ({ method }) => (method === 'GET' ? { kind: 'status', status: 503 } : undefined);
    expect(await run.publish()).toMatchObject({
      outcome: 'incomplete',
      problem: { code: 'npm-unavailable', effect: 'none' },
    });
    expect(world.writes()).toEqual([]);
  });

  test('accepted but hidden: published, found absent until it shows, and never uploaded again by that run', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    const hidden: Fault = {
      kind: 'status',
      status: 404,
      headers: { 'content-type': 'application/json' },
      body: '{"error":"not found"}',
    };
    world.fault = ({ method, path }) =>
      method === 'GET' && /^\/@x%2fa(?:\/0\.1\.0)?$/.test(path) ? hidden : undefined;
    expect(await run.publish()).toMatchObject({ outcome: 'published' });
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'absent' }]);
    world.fault = undefined;
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([
      { state: 'identical', sha: SHA },
    ]);
    expect(world.writes()).toEqual([PUT]);
  });

  const hidden: Fault = {
    kind: 'status',
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{}',
  };
  const refusal = (status: number, error: string): Fault => ({
    kind: 'status',
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ success: false, error }),
  });
  const taken = 'You cannot publish over the previously published versions: 0.1.0.';

  test.each<[string, Fault | undefined, number]>([
    ['npmjs’s 403', refusal(403, taken), 1],
    ['verdaccio’s 409', undefined, 3],
  ])(
    'hidden since an earlier run: %s is no proof, so the outcome is unknown',
    async (_, answer, uploads) => {
      const world = await testWorld();
      const run = await startRun(world, RELEASE);
      await run.publish();
      world.proxy.clear();
      world.fault = ({ method }) => (method === 'GET' ? hidden : answer);
      const problem = {
        code: 'npm-outcome-unknown',
        kind: 'unknown',
        effect: 'unknown',
        rerun: 'safe',
      };
      expect(await run.publish()).toMatchObject({ outcome: 'unknown', problem });
      expect(world.writes()).toHaveLength(uploads);
      world.fault = undefined;
      expect(await run.publish()).toMatchObject({ outcome: 'already-there' });
    },
  );

  test.each<[string, Fault]>([
    ['403 in npmjs’s words', refusal(403, taken)],
    ['403 in other words', refusal(403, 'Overwriting is not allowed')],
    ['409', refusal(409, 'Conflict')],
  ])('committed, then 503, then %s, and hidden: unknown', async (_, second) => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    const unavailable: Fault = { kind: 'status', status: 503, forward: true };
    world.fault = ({ method, count }) =>
      method === 'GET' ? hidden : count === 1 ? unavailable : second;
    const problem = {
      code: 'npm-outcome-unknown',
      kind: 'unknown',
      effect: 'unknown',
      rerun: 'safe',
    };
    expect(await run.publish()).toMatchObject({ outcome: 'unknown', problem });
    world.fault = undefined;
    expect(await run.publish()).toMatchObject({ outcome: 'already-there' });
  });
});

describe('what is there already', () => {
  test('another commit’s version is a conflict, and nothing is sent', async () => {
    const world = await testWorld();
    await (
      await startRun(world, makeRelease({ channel: releaseChannel('0.1.0'), sha: OTHER_SHA }))
    ).publish();
    world.proxy.clear();
    const run = await startRun(world, RELEASE);
    expect(await run.publish()).toMatchObject({
      outcome: 'conflict',
      problem: { code: 'npm-version-conflict', kind: 'conflict', rerun: 'never' },
    });
    expect(world.writes()).toEqual([]);
  });

  test('another commit’s version that lands between reading and sending is a conflict', async () => {
    const world = await testWorld();
    const [first, second] = [
      await startRun(world, makeRelease({ channel: releaseChannel('0.1.0'), sha: OTHER_SHA })),
      await startRun(world, RELEASE),
    ];
    const hide: Fault = {
      kind: 'status',
      status: 404,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    };
    await first.publish();
    world.proxy.clear();
    world.fault = ({ count, method, path }) =>
      path === '/@x%2fa' && method === 'GET' && count === 1 ? hide : undefined;
    expect(await second.publish()).toMatchObject({
      outcome: 'conflict',
      problem: { code: 'npm-version-conflict' },
    });
    expect(await readPackage(world.registry.url, '@x/a')).toMatchObject({
      versions: { '0.1.0': expect.stringContaining(OTHER_SHA) },
    });
  });

  test('our commit in other bytes is there already, under the registry’s digest', async () => {
    const world = await testWorld();
    const first = await startRun(world, RELEASE);
    await first.publish();
    const second = await startRun(world, RELEASE, { content: 'export const answer = 43;\n' });
    expect(second.built.artifacts[0]?.digest).not.toBe(first.built.artifacts[0]?.digest);
    expect(await second.publish()).toMatchObject({
      outcome: 'already-there',
      digest: first.built.artifacts[0]?.digest,
    });
    expect(await second.publisher.inspect(second, second.step)).toMatchObject([
      { state: 'same-source', sha: SHA },
    ]);
  });

  test('a web page is never taken for "absent"', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    for (const fault of [
      {
        kind: 'status',
        status: 404,
        headers: { 'content-type': 'text/html' },
        body: '<h1>Not found</h1>',
      },
      {
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<h1>Sign in</h1>',
      },
      {
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"name":"@x/a"',
      },
      { kind: 'status', status: 401 },
    ] as const) {
      world.fault = ({ method }) => (method === 'GET' ? fault : undefined);
      expect(await run.publisher.inspect(run, run.step)).toMatchObject([
        { state: 'unknown', problem: { effect: 'none' } },
      ]);
      expect(await run.publish()).toMatchObject({ outcome: 'incomplete' });
    }
    expect(world.writes()).toEqual([]);
  });
});

test('the token does not follow a redirect to another port of the same host', async () => {
  const reached: IncomingMessage[] = [];
  const elsewhere = createServer((request, response) => {
    reached.push(request);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  onTestFinished(() => void elsewhere.close());
  const world = await testWorld();
  const run = await startRun(world, RELEASE);
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/@x%2fa`;
  world.fault = onUpload({ kind: 'status', status: 307, headers: { location } });
  expect(await run.publish()).toMatchObject({
    outcome: 'unknown',
    problem: { message: expect.stringContaining('EREDIRECTED') },
  });
  expect(reached).toEqual([]);
});

test('the agent of an https registry refuses plain http', () => {
  expect(() =>
    get('http://registry.example.com/', { agent: originAgent('https://registry.example.com') }),
  ).toThrow('Protocol "http:" not supported');
});

test('the agent of an https registry on loopback asks no proxy', async () => {
  const asked: unknown[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const ask = async (origin: string): Promise<unknown> => {
    const request = httpsGet(`${origin}/`, { agent: originAgent(origin) });
    return once(request, 'response').catch((error: unknown) => error);
  };
  await ask('https://registry.invalid');
  expect(asked, 'others are asked through it').toEqual(['registry.invalid:443']);
  expect(await ask('https://127.0.0.1:1')).toMatchObject({ code: 'ECONNREFUSED' });
  expect(asked).toHaveLength(1);
});

test('a tarball that something wrote to after the build is not sent', async () => {
  const world = await testWorld();
  const run = await startRun(world, RELEASE);
  appendFileSync(run.built.tarball, 'x');
  expect(await run.publish()).toMatchObject({
    outcome: 'incomplete',
    problem: { code: 'npm-tarball-changed', effect: 'none' },
  });
  expect(world.writes()).toEqual([]);
});

test.each<[string, object]>([
  ['EPRIVATE', { private: 'true' }],
  ['EPACKAGEEXTENSIONS', { packageExtensions: {} }],
])('what npm’s library refuses to send is reported at once: %s', async (code, fields) => {
  const world = await testWorld();
  const run = await startRun(world, RELEASE);
  const packed = { ...run.plan.manifest, ...fields };
  const refused = await writeTarball({ manifest: packed, files: [] }, run.plan, run.step);
  const problem = {
    code: 'npm-not-publishable',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
    reason: expect.stringContaining(code) as string,
  };
  expect(await run.publisher.publish(run.plan, valueOf(refused), run.step)).toMatchObject([
    { outcome: 'incomplete', problem },
  ]);
  expect(world.writes()).toEqual([]);
  expect(run.waits).toEqual([]);
});

test('a registry that is gone when the version is sent: nothing landed, and it is not read again', async () => {
  const world = await testWorld();
  const http = createHttp({ sleep: async () => undefined });
  let reads = 0;
  const run = await startRun(world, RELEASE, {
    http: {
      async request(request) {
        reads++;
        const response = await http.request(request);
        if (reads === 1) await world.proxy.stop();
        return response;
      },
    },
  });
  const problem = { code: 'npm-unreachable', kind: 'incomplete', effect: 'none', rerun: 'safe' };
  expect(await run.publish()).toMatchObject({ outcome: 'incomplete', problem });
  expect(reads).toBe(1);
});

test('an abort while it waits ends the run, and nothing more is sent', async () => {
  const world = await testWorld();
  const [controller, reason] = [new AbortController(), new Error('cancelled')];
  const sleep = async (): Promise<void> => controller.abort(reason);
  const ports = { http: createHttp({ sleep: async () => undefined }), sleep };
  const run = await startRun(world, RELEASE, { signal: controller.signal, npm: { ports } });
  world.fault = onUpload({ kind: 'status', status: 503 });
  await expect(run.publish()).rejects.toBe(reason);
  expect(world.writes()).toEqual([PUT]);
});

test('an abort ends an upload that hangs', async () => {
  const world = await testWorld();
  const [controller, reason] = [new AbortController(), new Error('cancelled')];
  const run = await startRun(world, RELEASE, { signal: controller.signal });
  world.fault = (request) => {
    if (request.method !== 'PUT') return undefined;
    controller.abort(reason);
    return { kind: 'hang' };
  };
  await expect(run.publish()).rejects.toBe(reason);
});
