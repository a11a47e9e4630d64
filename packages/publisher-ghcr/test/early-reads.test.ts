import { type RecordingProxyOptions, startOciRegistry } from '@ameide/local-registries';
import { createHttp, type Http, type HttpRequest } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { type Run, run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

// Tags are read while something else is under way. What another run does meanwhile must still be seen.

const isUpload = ({ method, url }: HttpRequest): boolean =>
  method === 'PUT' && url.includes('/blobs/uploads/');
const tagOf = ({ url }: HttpRequest): string | undefined => /\/manifests\/([^/]+)$/.exec(url)?.[1];
const reads = ({ method }: HttpRequest): boolean => method === 'GET';

interface Held {
  /** Requests for which this is true wait until the tags are answered. */
  readonly isHeld: (request: HttpRequest) => boolean;
  readonly untilRead: readonly string[];
  /** Called once, before the held requests are sent. */
  readonly meanwhile: () => Promise<void>;
}

/** An HTTP client that holds requests until some tags have been read, and then lets another run go first. */
function holding({ isHeld, meanwhile, untilRead }: Held): Http {
  const http = createHttp({ sleep: () => Promise.resolve() });
  const left = new Set(untilRead);
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  return {
    async request(request) {
      if (isHeld(request)) await promise;
      const answer = await http.request(request);
      const tag = reads(request) ? tagOf(request) : undefined;
      if (tag !== undefined && left.delete(tag) && left.size === 0)
        meanwhile().then(resolve, reject);
      return answer;
    },
  };
}

const open = async (proxying: RecordingProxyOptions = {}): Promise<World> =>
  worldOf(await startOciRegistry(), proxying);

/** Reads what the registry has, as the engine does before the build. */
async function inspected(one: Run): Promise<Run> {
  const found = await one.publisher.inspect({ plan: one.plan }, one.step);
  expect(found.map(({ state }) => state)).toEqual(found.map(() => 'absent'));
  return one;
}

describe('the tags of the plan, read while the last blob is sent', () => {
  const TAGS = [SHA, '0.1.0', 'dev'];

  /** Another run publishes the commit after the tags were read and before the upload ends `ms` later. */
  async function crossed(ms: number) {
    const world = await open();
    let now = 0;
    const other = await run(world, { channel: 'release' }, {}, { 'sdk/other.js': '' });
    const http = holding({
      isHeld: isUpload,
      untilRead: TAGS,
      async meanwhile() {
        await other.publish();
        world.proxy.clear();
        now += ms;
      },
    });
    const ports = { http, now: () => now };
    const ours = await inspected(await run(world, { channel: 'release' }, { ports }));
    // The check was long ago: the build has taken some time.
    now += 60_000;
    return { world, other, ours, published: await ours.publish() };
  }

  test('are read once, and are set when that is recent', async () => {
    let now = 0;
    await using world = await open();
    const ports = { now: () => now };
    const ours = await inspected(await run(world, { channel: 'release' }, { ports }));
    now += 60_000;
    world.proxy.clear();
    expect(await ours.publish()).toMatchObject([
      { outcome: 'published' },
      { outcome: 'published' },
    ]);
    const asked = world.proxy.requests.filter(({ method }) => method === 'GET');
    // <sha> is read again after it was set, because another run may have made another image.
    const tags = asked.map(({ path }) => path.replace(/.*\//, ''));
    expect(tags.toSorted()).toEqual([...TAGS, SHA].toSorted());
  });

  test('are read again if the upload takes a second: the other run’s image stays', async () => {
    const { world, other, published } = await crossed(1000);
    await using _ = world;
    const { digest } = other.built.manifest;
    const there = { outcome: 'already-there', digest };
    expect(published).toMatchObject([there, there]);
    const puts = world.proxy.mutating().filter(({ path }) => path.includes('/manifests/'));
    expect(puts).toEqual([]);
  });

  test('are recent: both runs end with one image, or it is reported', async () => {
    const { world, ours } = await crossed(999);
    await using _ = world;
    const found = await ours.publisher.inspect({ plan: ours.plan }, await step());
    const isOne = new Set(Object.values(await world.tags())).size === 1;
    const codes = found.map(({ problem }) => problem?.code);
    expect(isOne || codes.every((code) => code === 'ghcr-images-differ')).toBe(true);
  });
});

test('an upload that fails after another run has published the image is no failure', async () => {
  await using world = await open({
    fault: ({ method, path }) =>
      isBroken && method === 'PUT' && path.includes('/blobs/')
        ? { kind: 'status', status: 400 }
        : undefined,
  });
  let isBroken = false;
  let now = 0;
  const ours = await inspected(await run(world, {}, { ports: { now: () => now } }));
  await (await run(world)).publish();
  isBroken = true;
  now += 60_000;
  expect(await ours.publish()).toMatchObject([{ outcome: 'already-there' }]);
});

describe('moving tags, read while the plan’s tags are read', () => {
  /** 0.1.0 is released, and 0.2.0 while 0.1.1 reads its own tags, which takes `ms`. */
  async function crossed(ms: number) {
    const world = await open();
    let now = 0;
    const first = await run(world, { base: '0.1.0', sha: 'c'.repeat(40), channel: 'release' });
    const newer = await run(world, { base: '0.2.0', sha: OTHER, channel: 'release' });
    for (const each of [first, newer]) await each.publish();
    await first.promote();
    const http = holding({
      isHeld: (request) => reads(request) && tagOf(request) === '0.1.1',
      untilRead: ['latest', '0.1'],
      async meanwhile() {
        await newer.promote();
        now += ms;
        world.proxy.clear();
      },
    });
    const plain = await run(world, { base: '0.1.1', channel: 'release' });
    await plain.publish();
    const ports = { http, now: () => now };
    const ours = await run(world, { base: '0.1.1', channel: 'release' }, { ports });
    return { world, newer, moves: await ours.promote() };
  }

  test('are read again if that was a second ago: latest stays with the newer release', async () => {
    const { world, newer, moves } = await crossed(1000);
    await using _ = world;
    expect(moves).toMatchObject([
      { outcome: 'moved', from: '0.1.0' },
      { outcome: 'superseded', from: '0.2.0' },
    ]);
    expect((await world.tags())['latest']).toBe(newer.built.manifest.digest);
    const puts = world.proxy.mutating().map(({ path }) => path.replace(/.*\//, ''));
    expect(puts).toEqual(['0.1']);
  });

  test('are not read again before they are set if that is recent', async () => {
    await using world = await open();
    const now = (): number => 0;
    const first = await run(world, { base: '0.1.0', sha: OTHER, channel: 'release' });
    await first.publish();
    await first.promote();
    const ours = await run(world, { base: '0.1.1', channel: 'release' }, { ports: { now } });
    await ours.publish();
    world.proxy.clear();
    const moves = await ours.publisher.promote(ours.plan, ours.step);
    expect(moves).toMatchObject([{ from: '0.1.0' }, { from: '0.1.0' }]);
    const asked = world.proxy.requests.map(
      ({ method, path }) => `${method} ${path.replace(/.*\//, '')}`,
    );
    for (const tag of ['latest', '0.1'])
      expect(asked.filter((one) => one.endsWith(` ${tag}`))).toEqual([
        `GET ${tag}`,
        `PUT ${tag}`,
        `GET ${tag}`,
        `GET ${tag}`,
        `GET ${tag}`,
      ]);
  });
});

test('what the check has read of moving tags does not count: another commit was published as our version since', async () => {
  let finish: (() => Promise<unknown>) | undefined;
  await using world = await open({
    async onRequest({ method, path }) {
      const held = finish;
      if (method !== 'PUT' || !path.endsWith('/manifests/0.1.0') || held === undefined) return;
      finish = undefined;
      await held();
    },
  });
  // Everything that the run has read is recent.
  const ports = { now: () => 0 };
  const ours = await inspected(await run(world, { channel: 'release' }, { ports }));
  const theirs = await run(world, { sha: OTHER, channel: 'release' });
  await ours.publisher.pointers(ours.plan, ours.step);
  finish = async () => {
    await theirs.publish();
    expect(await theirs.promote()).toMatchObject([{ outcome: 'moved' }, { outcome: 'moved' }]);
  };
  await ours.publish();
  const problem = { code: 'ghcr-tag-conflict', kind: 'conflict' };
  const blocked = { outcome: 'blocked', problem };
  expect(await ours.publisher.promote(ours.plan, ours.step)).toMatchObject([blocked, blocked]);
});

test('the version’s tag is set to another commit’s image while the moved tags are watched', async () => {
  let latest = 0;
  await using world = await open({
    // Read, set, read back, and watched: here for the first time.
    async onRequest({ method, path }) {
      if (method !== 'GET' || !path.endsWith('/manifests/latest') || ++latest !== 3) return;
      const image = await world.fetch(`manifests/${OTHER}`);
      const headers = { 'content-type': image.headers.get('content-type') ?? '' };
      const body = await image.arrayBuffer();
      await world.fetch('manifests/0.1.0', { method: 'PUT', headers, body });
    },
  });
  const ours = await run(world, { channel: 'release' });
  for (const each of [await run(world, { sha: OTHER }), ours]) await each.publish();
  const problem = { code: 'ghcr-tag-conflict', kind: 'conflict', effect: 'committed' };
  const blocked = { outcome: 'blocked', problem };
  expect(await ours.promote()).toMatchObject([blocked, blocked]);
});

test('a run asks once whether a version’s tag names an image, but again while it does not', async () => {
  await using world = await open();
  const other = await run(world, { sha: OTHER, channel: 'release' });
  const dev = await run(world, { sha: OTHER });
  await dev.publish();
  const image = await world.fetch(`manifests/${OTHER}`);
  const headers = { 'content-type': image.headers.get('content-type') ?? '' };
  const body = await image.arrayBuffer();
  await world.fetch('manifests/latest', { method: 'PUT', headers, body });
  // A clock that shows that nothing is recent.
  let now = 0;
  const ports = { now: () => (now += 1000) };
  const ours = await run(world, { base: '0.2.0', channel: 'release' }, { ports });
  const versions = async (): Promise<readonly (string | undefined)[]> =>
    (await ours.publisher.pointers(ours.plan, ours.step)).map(({ version }) => version);
  const label = `0.1.0-dev.20251113153211+g${OTHER.slice(0, 7)}`;
  expect(await versions()).toEqual([undefined, label]);
  await other.publish();
  expect(await versions()).toEqual([undefined, '0.1.0']);
  world.proxy.clear();
  expect(await versions()).toEqual([undefined, '0.1.0']);
  expect(world.proxy.requests.filter(({ path }) => path.endsWith('/manifests/0.1.0'))).toEqual([]);
});
