import type { Fault, FaultSubject } from '@ameide/local-registries';
import { describe, expect, test } from 'vitest';
import {
  DROP_HOLD,
  NEWER,
  NEWER_VERSION,
  promote,
  published,
  SET_DEV,
  TAGS,
  tags,
} from './support/promoting.ts';
import { releaseChannel } from './support/release.ts';
import { testWorld } from './support/world.ts';

/** The dist-tags are read from their own list, else from the packument. */
const isTagsRead = (method: string, path: string): boolean =>
  method === 'GET' && (path === TAGS || path === PACKUMENT);
const PACKUMENT = '/@x%2fa';

describe('a failing registry', () => {
  const onSet =
    (fault: Fault, times = Infinity) =>
    ({ method, path, count }: FaultSubject): Fault | undefined =>
      method === 'PUT' && path.endsWith('/dev') && count <= times ? fault : undefined;

  test.each<[string, Fault, number, readonly string[]]>([
    ['503 once', { kind: 'status', status: 503 }, 1, [SET_DEV, SET_DEV, DROP_HOLD]],
    ['a dropped connection once', { kind: 'reset' }, 1, [SET_DEV, SET_DEV, DROP_HOLD]],
    [
      'committed, then 503',
      { kind: 'status', status: 503, forward: true },
      Infinity,
      [SET_DEV, DROP_HOLD],
    ],
    [
      'committed, then a dropped connection',
      { kind: 'reset', forward: true },
      Infinity,
      [SET_DEV, DROP_HOLD],
    ],
  ])('%s: the tag is read again, and moved', async (_, fault, times, writes) => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    world.fault = onSet(fault, times);
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
    expect(world.writes()).toEqual(writes);
  });

  test.each<[string, Fault, object, number]>([
    [
      '503 always',
      { kind: 'status', status: 503 },
      { code: 'npm-unavailable', kind: 'incomplete', rerun: 'safe' },
      3,
    ],
    [
      '401',
      { kind: 'status', status: 401 },
      { code: 'npm-unauthorized', kind: 'authentication' },
      1,
    ],
    ['403', { kind: 'status', status: 403 }, { code: 'npm-forbidden', kind: 'authentication' }, 1],
    [
      '404 of a virtual repository',
      { kind: 'status', status: 404 },
      { code: 'npm-not-found', hint: expect.stringContaining('virtual') },
      1,
    ],
  ])('%s: blocked, and one more run converges', async (_, fault, problem, tries) => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    world.fault = onSet(fault);
    expect(await promote(run)).toMatchObject([{ outcome: 'blocked', problem }]);
    expect(world.writes().filter((write) => write === SET_DEV)).toHaveLength(tries);
    world.fault = undefined;
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
  });

  test('the tags cannot be read: blocked, and nothing is written', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.proxy.clear();
    world.fault = ({ path }) => (path === TAGS ? { kind: 'status', status: 502 } : undefined);
    const blocked = {
      outcome: 'blocked',
      problem: { code: 'npm-unavailable', kind: 'incomplete' },
    };
    expect(await promote(run)).toMatchObject([
      blocked,
      { pointer: { pointer: 'incoming' }, ...blocked },
    ]);
    expect(await run.publisher.pointers?.(run.plan, run.step)).toMatchObject([
      { problem: { code: 'npm-unavailable' } },
    ]);
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
  ])(
    '%s for the dist-tags of a package that has versions is no answer: `latest` stays, and is looked at again',
    async (_, fault) => {
      const world = await testWorld();
      await promote(await published(world, { channel: releaseChannel('2.0.0'), base: '2.0.0' }));
      const backport = await published(world, { channel: releaseChannel('1.9.1'), base: '1.9.1' });
      world.proxy.clear();
      world.fault = ({ method, path }) => (isTagsRead(method, path) ? fault : undefined);
      const blocked = {
        outcome: 'blocked',
        problem: { code: 'npm-tags-not-shown', kind: 'unknown', effect: 'none', rerun: 'safe' },
      };
      expect(await promote(backport)).toMatchObject([
        blocked,
        { pointer: { pointer: 'incoming' }, ...blocked },
      ]);
      expect(world.writes()).toEqual([]);
      expect(await tags(world)).toEqual({ latest: '2.0.0', incoming: '1.9.1' });

      world.proxy.clear();
      world.fault = ({ method, path, count }) =>
        isTagsRead(method, path) && count === 1 ? fault : undefined;
      expect(await promote(backport)).toMatchObject([{ outcome: 'superseded', from: '2.0.0' }]);
      expect(await tags(world)).toEqual({ latest: '2.0.0' });
    },
  );

  test('a packument that lacks our version is too old to say what `latest` names', async () => {
    const world = await testWorld();
    await promote(await published(world, { channel: releaseChannel('1.9.0'), base: '1.9.0' }));
    const old = await (await fetch(`${world.registry.url}${PACKUMENT}`)).json();
    await promote(await published(world, { channel: releaseChannel('2.0.0'), base: '2.0.0' }));
    const backport = await published(world, { channel: releaseChannel('1.9.1'), base: '1.9.1' });
    world.fault = ({ method, path }) =>
      method !== 'GET' ? undefined : path === TAGS ? json(404, {}) : json(200, old as object);
    expect((await promote(backport))[0]).toMatchObject({ problem: { code: 'npm-tags-not-shown' } });
    expect(await tags(world)).toMatchObject({ latest: '2.0.0' });
  });

  test('404 after a move was sent: unknown, and something may have been written', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    let sent = false;
    world.fault = ({ method, path }) => {
      sent ||= method === 'PUT';
      return sent && isTagsRead(method, path) ? json(404, {}) : undefined;
    };
    expect((await promote(run))[0]).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-tag-unknown', effect: 'unknown' },
    });
  });

  test('a registry that sets no `latest` by itself shows what was sent there, and that is a list', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    const list = (count: number): object =>
      count === 1
        ? { incoming: NEWER_VERSION }
        : count === 2
          ? { incoming: NEWER_VERSION, dev: NEWER_VERSION }
          : { dev: NEWER_VERSION };
    world.fault = ({ method, path, count }) =>
      method === 'GET' && path === TAGS ? json(200, list(count)) : undefined;
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
      return sent && method === 'GET' && path === TAGS
        ? { kind: 'status', status: 502 }
        : undefined;
    };
    expect((await promote(run))[0]).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-tag-unknown', kind: 'unknown', effect: 'unknown' },
    });
  });

  test('the upload tag cannot be removed: reported, as a pointer that is blocked', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    world.fault = ({ method }) =>
      method === 'DELETE' ? { kind: 'status', status: 403 } : undefined;
    expect(await promote(run)).toMatchObject([
      { pointer: { pointer: 'dev' }, outcome: 'moved' },
      { pointer: { pointer: 'incoming' }, outcome: 'blocked', problem: { code: 'npm-forbidden' } },
    ]);
  });
});
