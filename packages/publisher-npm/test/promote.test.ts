import type { Fault, FaultSubject } from '@ameide/local-registries';
import { createHttp, type Http } from '@ameide/publisher-kit';
import type { PointerMove, Relation } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type Run, type RunOptions, startRun } from './support/publishing.ts';
import { makeRelease, OTHER_SHA, type ReleaseOptions, releaseChannel, SHA } from './support/release.ts';
import { type RegistryWorld, readPackument, testWorld } from './support/world.ts';

const [OLDER, NEWER] = [
  { sha: OTHER_SHA, datetime: '20251113150000' },
  { sha: SHA, datetime: '20251113160000' },
];
const [OLDER_VERSION, NEWER_VERSION] = ['0.1.0-dev.20251113150000', '0.1.0-dev.20251113160000'];
const TAGS = '/-/package/@x%2fa/dist-tags';
const SET_DEV = `PUT ${TAGS}/dev`;
const DROP_HOLD = `DELETE ${TAGS}/incoming`;

/** NEWER was built on OLDER. */
const relation = (a: string, b: string): Relation => (a === b ? 'same' : a === OTHER_SHA && b === SHA ? 'ancestor' : 'descendant');

async function published(world: RegistryWorld, release: ReleaseOptions, options: RunOptions = {}): Promise<Run> {
  const run = await startRun(world, makeRelease(release), { relation, ...options });
  expect((await run.publish()).outcome).toBe('published');
  return run;
}

async function promote(run: Run): Promise<readonly PointerMove[]> {
  return (await run.publisher.promote?.(run.plan, run.step)) ?? [];
}

const tags = async (world: RegistryWorld): Promise<object | undefined> => (await readPackument(world.registry.url, '@x/a'))?.tags;

describe('a package’s first publish', () => {
  test('is held under `incoming`; the registry sets `latest` by itself, and the first stable version takes it over', async () => {
    const world = await testWorld();
    const dev = await published(world, NEWER);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION, incoming: NEWER_VERSION });
    expect(await promote(dev)).toMatchObject([{ pointer: { pointer: 'dev' }, outcome: 'moved' }]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION, dev: NEWER_VERSION });

    const release = await published(world, { channel: releaseChannel('0.1.0') });
    expect(await tags(world)).toMatchObject({ latest: NEWER_VERSION, incoming: '0.1.0' });
    expect(await promote(release)).toMatchObject([{ pointer: { pointer: 'latest' }, outcome: 'moved', from: NEWER_VERSION }]);
    expect(await tags(world)).toEqual({ latest: '0.1.0', dev: NEWER_VERSION });
  });
});

describe('dist-tags', () => {
  test('move once; a second run reads and writes nothing', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    await promote(run);
    expect(world.writes()).toEqual([SET_DEV, DROP_HOLD]);
    world.proxy.clear();
    expect(await promote(run)).toMatchObject([{ outcome: 'already', from: NEWER_VERSION }]);
    expect(world.writes()).toEqual([]);
    expect(await run.publisher.pointers?.(run.plan, run.step)).toMatchObject([
      { pointer: { pointer: 'dev' }, version: NEWER_VERSION, sha: SHA },
    ]);
  });

  test('an older commit that finishes later is superseded, and takes only its own holding tag away', async () => {
    const world = await testWorld();
    await promote(await published(world, NEWER));
    const older = await published(world, OLDER);
    world.proxy.clear();
    expect(await promote(older)).toMatchObject([{ outcome: 'superseded', from: NEWER_VERSION }]);
    expect(world.writes()).toEqual([DROP_HOLD]);
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });

  test('a newer commit moves `dev` on', async () => {
    const world = await testWorld();
    await promote(await published(world, OLDER));
    expect(await promote(await published(world, NEWER))).toMatchObject([{ outcome: 'moved', from: OLDER_VERSION }]);
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });

  test('a backport does not take `latest`', async () => {
    const world = await testWorld();
    await promote(await published(world, { channel: releaseChannel('2.0.0'), base: '2.0.0' }));
    const backport = await published(world, { channel: releaseChannel('1.9.1'), base: '1.9.1' });
    expect(await promote(backport)).toMatchObject([{ outcome: 'superseded', from: '2.0.0' }]);
    expect(await tags(world)).toEqual({ latest: '2.0.0' });
  });

  test('a history that is cut: `dev` is held, with what to do', async () => {
    const world = await testWorld();
    await promote(await published(world, OLDER));
    const run = await published(world, NEWER, { relation: () => 'unknown' });
    expect(await promote(run)).toMatchObject([
      {
        outcome: 'held',
        from: OLDER_VERSION,
        problem: { code: 'npm-ancestry-unknown', kind: 'incomplete', hint: expect.stringContaining('npm dist-tag add') },
      },
    ]);
    expect(await tags(world)).toMatchObject({ dev: OLDER_VERSION });
  });

  test('of a pull request stay where they are; only the holding tag goes', async () => {
    const world = await testWorld();
    const run = await published(world, { ...NEWER, channel: { kind: 'pull-request', number: 7 } });
    expect(await promote(run)).toEqual([]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION });
  });

  test('of a channel without one: the holding tag goes, and a second run writes nothing', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER, { npm: { distTags: { dev: null } } });
    world.proxy.clear();
    expect(await promote(run)).toEqual([]);
    expect(world.writes()).toEqual([DROP_HOLD]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION });
    world.proxy.clear();
    expect(await promote(run)).toEqual([]);
    expect(world.writes()).toEqual([]);
  });

  test('another run’s holding tag is left alone', async () => {
    const world = await testWorld();
    const first = await published(world, OLDER);
    await published(world, NEWER);
    await promote(first);
    expect(await tags(world)).toMatchObject({ dev: OLDER_VERSION, incoming: NEWER_VERSION });
  });
});

describe('a failing registry', () => {
  const onSet =
    (fault: Fault, times = Infinity) =>
    ({ method, path, count }: FaultSubject): Fault | undefined =>
      method === 'PUT' && path.endsWith('/dev') && count <= times ? fault : undefined;

  test.each<[string, Fault, number, readonly string[]]>([
    ['503 once', { kind: 'status', status: 503 }, 1, [SET_DEV, SET_DEV, DROP_HOLD]],
    ['a dropped connection once', { kind: 'reset' }, 1, [SET_DEV, SET_DEV, DROP_HOLD]],
    ['committed, then 503', { kind: 'status', status: 503, forward: true }, Infinity, [SET_DEV, DROP_HOLD]],
    ['committed, then a dropped connection', { kind: 'reset', forward: true }, Infinity, [SET_DEV, DROP_HOLD]],
  ])('%s: the tag is read again, and moved', async (_, fault, times, writes) => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    world.fault = onSet(fault, times);
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
    expect(world.writes()).toEqual(writes);
  });

  test.each<[string, Fault, object, number]>([
    ['503 always', { kind: 'status', status: 503 }, { code: 'npm-unavailable', kind: 'incomplete', rerun: 'safe' }, 4],
    ['401', { kind: 'status', status: 401 }, { code: 'npm-unauthorized', kind: 'authentication' }, 1],
    ['403', { kind: 'status', status: 403 }, { code: 'npm-forbidden', kind: 'authentication' }, 1],
  ])('%s: held, and one more run converges', async (_, fault, problem, tries) => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    world.fault = onSet(fault);
    expect(await promote(run)).toMatchObject([{ outcome: 'held', problem }]);
    expect(world.writes().filter((write) => write === SET_DEV)).toHaveLength(tries);
    world.fault = undefined;
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
  });

  test('the tags cannot be read: held, and nothing is written', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    world.fault = ({ path }) => (path === TAGS ? { kind: 'status', status: 502 } : undefined);
    const held = { outcome: 'held', problem: { code: 'npm-unavailable', kind: 'incomplete' } };
    expect(await promote(run)).toMatchObject([held, { pointer: { pointer: 'incoming' }, ...held }]);
    expect(await run.publisher.pointers?.(run.plan, run.step)).toMatchObject([{ problem: { code: 'npm-unavailable' } }]);
    expect(world.writes()).toEqual([]);
  });

  const json = (status: number, body: object): Fault => ({
    kind: 'status',
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  test.each<[string, Fault]>([
    ['404', json(404, { error: 'Not found' })],
    ['an empty list', json(200, {})],
    ['a list that lacks `latest`, and our version', json(200, { dev: NEWER_VERSION })],
  ])('%s for the dist-tags of a package that has versions is no answer: `latest` stays, and is looked at again', async (_, fault) => {
    const world = await testWorld();
    await promote(await published(world, { channel: releaseChannel('2.0.0'), base: '2.0.0' }));
    const backport = await published(world, { channel: releaseChannel('1.9.1'), base: '1.9.1' });
    world.proxy.clear();
    world.fault = ({ method, path }) => (method === 'GET' && path === TAGS ? fault : undefined);
    const held = { outcome: 'held', problem: { code: 'npm-tags-not-shown', kind: 'unknown', effect: 'none', rerun: 'safe' } };
    expect(await promote(backport)).toMatchObject([held, { pointer: { pointer: 'incoming' }, ...held }]);
    expect(world.writes()).toEqual([]);
    expect(await tags(world)).toEqual({ latest: '2.0.0', incoming: '1.9.1' });

    world.proxy.clear();
    world.fault = ({ method, path, count }) => (method === 'GET' && path === TAGS && count === 1 ? fault : undefined);
    expect(await promote(backport)).toMatchObject([{ outcome: 'superseded', from: '2.0.0' }]);
    expect(await tags(world)).toEqual({ latest: '2.0.0' });
  });

  test('404 after a move was sent: unknown, and something may have been written', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    let sent = false;
    world.fault = ({ method, path }) => {
      sent ||= method === 'PUT';
      return sent && method === 'GET' && path === TAGS ? json(404, {}) : undefined;
    };
    expect((await promote(run))[0]).toMatchObject({ outcome: 'held', problem: { code: 'npm-tag-unknown', effect: 'unknown' } });
  });

  test('a registry that sets no `latest` by itself shows what was sent there, and that is a list', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    const list = (count: number): object =>
      count === 1 ? { incoming: NEWER_VERSION } : count === 2 ? { incoming: NEWER_VERSION, dev: NEWER_VERSION } : { dev: NEWER_VERSION };
    world.fault = ({ method, path, count }) => (method === 'GET' && path === TAGS ? json(200, list(count)) : undefined);
    expect(await promote(run)).toMatchObject([{ pointer: { pointer: 'dev' }, outcome: 'moved' }]);
    world.fault = undefined;
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });

  test('the tags cannot be read any more after a move was sent: unknown', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    let sent = false;
    world.fault = ({ method, path }) => {
      sent ||= method === 'PUT';
      return sent && method === 'GET' && path === TAGS ? { kind: 'status', status: 502 } : undefined;
    };
    expect((await promote(run))[0]).toMatchObject({
      outcome: 'held',
      problem: { code: 'npm-tag-unknown', kind: 'unknown', effect: 'unknown' },
    });
  });

  test('the holding tag cannot be removed: said, as a pointer that is held', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.fault = ({ method }) => (method === 'DELETE' ? { kind: 'status', status: 403 } : undefined);
    expect(await promote(run)).toMatchObject([
      { pointer: { pointer: 'dev' }, outcome: 'moved' },
      { pointer: { pointer: 'incoming' }, outcome: 'held', problem: { code: 'npm-forbidden' } },
    ]);
  });
});

describe('a registry without compare-and-swap', () => {
  /** Runs something right after this run's PUT of `dev` was answered: another run, between our writing and our reading. */
  function afterSetting(action: (count: number) => Promise<void>): Http {
    const http = createHttp({ sleep: async () => undefined });
    let count = 0;
    return {
      async request(request) {
        const response = await http.request(request);
        if (request.method === 'PUT') await action(++count);
        return response;
      },
    };
  }

  async function setDev(world: RegistryWorld, version: string): Promise<void> {
    const headers = { authorization: `Bearer ${world.registry.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${world.registry.url}${TAGS}/dev`, { method: 'PUT', headers, body: JSON.stringify(version) });
    expect(response.status).toBe(201);
  }

  test('an older run that overwrites a newer one’s `dev` is put right by the newer one', async () => {
    const world = await testWorld();
    await published(world, OLDER);
    const http = afterSetting(async (count) => (count === 1 ? setDev(world, OLDER_VERSION) : undefined));
    expect(await promote(await published(world, NEWER, { http }))).toMatchObject([{ outcome: 'moved' }]);
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });

  test('a newer run that comes between: the older one reports itself superseded', async () => {
    const world = await testWorld();
    await published(world, NEWER);
    const older = await published(world, OLDER, { http: afterSetting(async () => setDev(world, NEWER_VERSION)) });
    expect(await promote(older)).toMatchObject([{ outcome: 'superseded', from: NEWER_VERSION }]);
  });

  test('a fight without end is given up, and said', async () => {
    const world = await testWorld();
    await published(world, OLDER);
    await published(world, { sha: 'f'.repeat(40), datetime: '20251113140000' });
    const theirs = ['0.1.0-dev.20251113140000', OLDER_VERSION];
    const http = afterSetting(async (count) => setDev(world, theirs[count % 2] ?? ''));
    const run = await published(world, NEWER, { http, relation: () => 'ancestor' });
    expect(await promote(run)).toMatchObject([{ outcome: 'held', problem: { code: 'npm-tag-contended', rerun: 'safe' } }]);
  });

  test('a web page that answers the write with 200 has moved nothing', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    const page: Fault = { kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Log in</title>' };
    world.fault = ({ method }) => (method === 'PUT' || method === 'DELETE' ? page : undefined);
    const problem = { code: 'npm-malformed', kind: 'incomplete', rerun: 'safe' };
    expect(await promote(run)).toMatchObject([
      { pointer: { pointer: 'dev' }, outcome: 'held', problem },
      { pointer: { pointer: 'incoming' }, outcome: 'held', problem },
    ]);
    world.fault = undefined;
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION, dev: NEWER_VERSION });
  });

  test('a cache that still shows the old tag does not make an accepted move doubtful', async () => {
    const world = await testWorld();
    await promote(await published(world, OLDER));
    const run = await published(world, NEWER);
    world.proxy.clear();
    const headers = { 'content-type': 'application/json' };
    const stale: Fault = { kind: 'status', status: 200, headers, body: JSON.stringify({ dev: OLDER_VERSION, incoming: NEWER_VERSION }) };
    world.fault = ({ method, path }) => (method === 'GET' && path === TAGS ? stale : undefined);
    expect(await promote(run)).toMatchObject([{ outcome: 'moved', from: OLDER_VERSION }]);
    expect(world.writes().filter((write) => write === SET_DEV)).toHaveLength(1);
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });
});
