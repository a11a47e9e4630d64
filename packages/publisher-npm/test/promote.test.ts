import type { Fault } from '@ameide/local-registries';
import { createHttp, type Http, WATCH_MS } from '@ameide/publisher-kit';
import { describe, expect, test, vi } from 'vitest';
import {
  DROP_HOLD,
  NEWER,
  NEWER_VERSION,
  OLDER,
  OLDER_VERSION,
  promote,
  published,
  SET_DEV,
  TAGS,
  tags,
} from './support/promoting.ts';
import { type Run, startRun } from './support/publishing.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { type RegistryWorld, testWorld } from './support/world.ts';

describe('a package’s first publish', () => {
  test('is held under `incoming`; the registry sets `latest` by itself, and the first stable version takes it over', async () => {
    const world = await testWorld();
    const dev = await published(world, NEWER);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION, incoming: NEWER_VERSION });
    expect(await promote(dev)).toMatchObject([{ pointer: { pointer: 'dev' }, outcome: 'moved' }]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION, dev: NEWER_VERSION });

    const release = await published(world, { channel: releaseChannel('0.1.0') });
    expect(await tags(world)).toMatchObject({ latest: NEWER_VERSION, incoming: '0.1.0' });
    expect(await promote(release)).toMatchObject([
      { pointer: { pointer: 'latest' }, outcome: 'moved', from: NEWER_VERSION },
    ]);
    expect(await tags(world)).toEqual({ latest: '0.1.0', dev: NEWER_VERSION });
  });
});

describe('dist-tags by policy', () => {
  test('latest stays at the highest version, and each line has its own tag', async () => {
    const world = await testWorld();
    const npm = { distTags: { release: ['latest', 'release-X.Y'] } };
    const moves: unknown[] = [];
    for (const [base, sha] of [
      ['1.4.0', SHA],
      ['2.0.0', 'a'.repeat(40)],
      ['1.4.1', 'b'.repeat(40)],
    ] as const) {
      const run = await published(world, { channel: releaseChannel(base), base, sha }, { npm });
      const moved = await promote(run);
      moves.push(moved.map(({ pointer, outcome }) => `${pointer.pointer} ${outcome}`));
    }
    expect(moves).toEqual([
      ['latest already', 'release-1.4 moved'],
      ['latest moved', 'release-2.0 moved'],
      ['latest superseded', 'release-1.4 moved'],
    ]);
    expect(await tags(world)).toEqual({
      latest: '2.0.0',
      'release-1.4': '1.4.1',
      'release-2.0': '2.0.0',
    });
  });
});

describe('a dev build that the registry names `latest`', () => {
  const notes = async ({ plan, publisher, step }: Run) =>
    ((await publisher.pointers?.(plan, step)) ?? []).map(({ note, pointer, version }) => [
      pointer.pointer,
      version,
      note,
    ]);

  test('is told before the first version is sent, and afterwards, as verdaccio has done it', async () => {
    const world = await testWorld();
    const run = await startRun(world, makeRelease(NEWER));
    const gets = `npm install @x/a gets it until a release takes the tag over.`;
    expect(await notes(run)).toEqual([
      ['dev', undefined, undefined],
      [
        'latest',
        undefined,
        `${NEWER_VERSION} is the first version of npm:@x/a that the registry shows. Registries such as npmjs give the first version the dist-tag latest, whatever tag the upload asks for: ${gets}`,
      ],
    ]);
    await promote(await published(world, NEWER));
    expect(await tags(world)).toMatchObject({ latest: NEWER_VERSION });
    expect(await notes(run)).toEqual([
      ['dev', NEWER_VERSION, undefined],
      [
        'latest',
        NEWER_VERSION,
        `The dist-tag latest of npm:@x/a names ${NEWER_VERSION}, which is no release: ${gets}`,
      ],
    ]);
    await promote(await published(world, { channel: releaseChannel('0.1.0') }));
    expect(await notes(run)).toEqual([['dev', NEWER_VERSION, undefined]]);
  });

  test('is told of a channel without a dist-tag, and not of a release', async () => {
    const world = await testWorld();
    const none = { npm: { distTags: { dev: null } } };
    expect(await notes(await startRun(world, makeRelease(NEWER), none))).toMatchObject([
      ['latest', undefined, expect.stringContaining('is the first version of npm:@x/a')],
    ]);
    const release = makeRelease({ channel: releaseChannel('0.1.0') });
    expect(await notes(await startRun(world, release))).toEqual([['latest', undefined, undefined]]);
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
      { pointer: { pointer: 'latest' }, version: NEWER_VERSION },
    ]);
  });

  test('an older commit that finishes later is superseded, and takes only its own upload tag away', async () => {
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
    expect(await promote(await published(world, NEWER))).toMatchObject([
      { outcome: 'moved', from: OLDER_VERSION },
    ]);
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });

  test('a backport does not take `latest`', async () => {
    const world = await testWorld();
    await promote(await published(world, { channel: releaseChannel('2.0.0'), base: '2.0.0' }));
    const backport = await published(world, { channel: releaseChannel('1.9.1'), base: '1.9.1' });
    expect(await promote(backport)).toMatchObject([{ outcome: 'superseded', from: '2.0.0' }]);
    expect(await tags(world)).toEqual({ latest: '2.0.0' });
  });

  test('a history that is cut: `dev` stays where it is, with what to do', async () => {
    const world = await testWorld();
    await promote(await published(world, OLDER));
    const run = await published(world, NEWER, { relation: () => 'unknown' });
    expect(await promote(run)).toMatchObject([
      {
        outcome: 'blocked',
        from: OLDER_VERSION,
        problem: {
          code: 'npm-ancestry-unknown',
          kind: 'incomplete',
          hint: `If that commit is on a branch, fetch the branch and run again. If it was squashed or force-pushed away, move the tag: ameide-release move-pointer npm:@x/a@dev --to ${NEWER_VERSION} --from ${OLDER_VERSION}`,
        },
      },
    ]);
    expect(await tags(world)).toMatchObject({ dev: OLDER_VERSION });
  });

  test('of a pull request stay where they are; only the upload tag goes', async () => {
    const world = await testWorld();
    const run = await published(world, { ...NEWER, channel: { kind: 'pull-request', number: 7 } });
    expect(await promote(run)).toEqual([]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION });
  });

  test('of a channel without one: the upload tag goes, and a second run writes nothing', async () => {
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

  test('another run’s upload tag is left alone', async () => {
    const world = await testWorld();
    const first = await published(world, OLDER);
    await published(world, NEWER);
    await promote(first);
    expect(await tags(world)).toMatchObject({ dev: OLDER_VERSION, incoming: NEWER_VERSION });
  });
});

describe('a registry without compare-and-swap', () => {
  /**
   * Runs something right after this run's PUT of `dev` was answered: another run, between our
   * writing and our reading.
   */
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
    const headers = {
      authorization: `Bearer ${world.registry.token}`,
      'content-type': 'application/json',
    };
    const response = await fetch(`${world.registry.url}${TAGS}/dev`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(version),
    });
    expect(response.status).toBe(201);
  }

  test('an older run that overwrites a newer one’s `dev` is put right by the newer one', async () => {
    const world = await testWorld();
    await published(world, OLDER);
    const http = afterSetting(async (count) =>
      count === 1 ? setDev(world, OLDER_VERSION) : undefined,
    );
    expect(await promote(await published(world, NEWER, { http }))).toMatchObject([
      { outcome: 'moved' },
    ]);
    expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
  });

  test('a newer run that comes between: the older one reports itself superseded', async () => {
    const world = await testWorld();
    await published(world, NEWER);
    const older = await published(world, OLDER, {
      http: afterSetting(async () => setDev(world, NEWER_VERSION)),
    });
    expect(await promote(older)).toMatchObject([{ outcome: 'superseded', from: NEWER_VERSION }]);
  });

  test('after a few rounds with another run it gives up, and reports it', async () => {
    const world = await testWorld();
    await published(world, OLDER);
    await published(world, { sha: 'f'.repeat(40), datetime: '20251113140000' });
    const theirs = ['0.1.0-dev.20251113140000', OLDER_VERSION];
    const http = afterSetting(async (count) => setDev(world, theirs[count % 2] ?? ''));
    const run = await published(world, NEWER, { http, relation: () => 'ancestor' });
    expect(await promote(run)).toMatchObject([
      { outcome: 'blocked', problem: { code: 'npm-tag-contended', rerun: 'safe' } },
    ]);
  });

  test('an older run that hangs at its write until the newer one has ended says so', async () => {
    const world = await testWorld();
    const newer = await published(world, NEWER);
    const inner = createHttp({ sleep: async () => undefined });
    const older = await published(world, OLDER, {
      http: {
        async request(request) {
          if (request.method === 'PUT') {
            expect(await promote(newer)).toMatchObject([{ outcome: 'moved' }]);
            const now = performance.now() + 2001;
            vi.spyOn(performance, 'now').mockImplementation(() => now);
          }
          return inner.request(request);
        },
      },
    });
    const moves = await promote(older);
    vi.restoreAllMocks();
    expect(moves).toMatchObject([
      {
        outcome: 'blocked',
        problem: {
          code: 'npm-tag-overtaken',
          kind: 'incomplete',
          hint: expect.stringContaining(
            `ameide-release move-pointer npm:@x/a@dev --to ${NEWER_VERSION} --from ${OLDER_VERSION}`,
          ) as string,
        },
      },
    ]);
    expect(await tags(world)).toMatchObject({ dev: OLDER_VERSION });
    expect(await promote(newer)).toMatchObject([{ outcome: 'moved', from: OLDER_VERSION }]);
  });

  test('a slow registry without anything newer: moved', async () => {
    const world = await testWorld();
    await promote(await published(world, OLDER));
    const http = afterSetting(async () => {
      const now = performance.now() + 2001;
      vi.spyOn(performance, 'now').mockImplementation(() => now);
    });
    const moves = await promote(await published(world, NEWER, { http }));
    vi.restoreAllMocks();
    expect(moves).toMatchObject([{ outcome: 'moved' }]);
  });

  test('a web page as the answer to the write, with 200, moves nothing', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    const page: Fault = {
      kind: 'status',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<title>Log in</title>',
    };
    world.fault = ({ method }) => (method === 'PUT' || method === 'DELETE' ? page : undefined);
    const problem = { code: 'npm-malformed', kind: 'incomplete', rerun: 'safe' };
    expect(await promote(run)).toMatchObject([
      { pointer: { pointer: 'dev' }, outcome: 'blocked', problem },
      { pointer: { pointer: 'incoming' }, outcome: 'blocked', problem },
    ]);
    world.fault = undefined;
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
    expect(await tags(world)).toEqual({ latest: NEWER_VERSION, dev: NEWER_VERSION });
  });

  test.each<[string, number, object]>([
    ['for a moment: moved', 2, { outcome: 'moved', from: OLDER_VERSION }],
    [
      'for long, as one that does nothing: not called moved',
      Infinity,
      {
        outcome: 'blocked',
        from: OLDER_VERSION,
        problem: { code: 'npm-tag-unknown', kind: 'unknown', effect: 'unknown', rerun: 'safe' },
      },
    ],
  ])(
    'a registry that accepts a move and shows the old tag %s, and it is set once',
    async (_title, reads, expected) => {
      const world = await testWorld();
      await promote(await published(world, OLDER));
      const run = await published(world, NEWER);
      world.proxy.clear();
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ dev: OLDER_VERSION, incoming: NEWER_VERSION });
      const stale: Fault = { kind: 'status', status: 200, headers, body };
      let [written, left] = [false, reads];
      world.fault = ({ method, path }) => {
        written ||= method === 'PUT';
        return written && method === 'GET' && path === TAGS && left-- > 0 ? stale : undefined;
      };
      expect((await promote(run))[0]).toMatchObject(expected);
      expect(world.writes().filter((write) => write === SET_DEV)).toHaveLength(1);
      expect(await tags(world)).toMatchObject({ dev: NEWER_VERSION });
      world.fault = undefined;
      world.proxy.clear();
      expect(await promote(run)).toMatchObject([{ outcome: 'already' }]);
      expect(world.writes()).toEqual([]);
    },
  );

  test('a registry that accepts a move and does nothing: reported, with one write at each run', async () => {
    const world = await testWorld();
    await promote(await published(world, OLDER));
    const run = await published(world, NEWER);
    const accepted: Fault = { kind: 'status', status: 200, body: '{"ok":true}' };
    world.fault = ({ method }) => (method === 'PUT' ? accepted : undefined);
    world.proxy.clear();
    expect((await promote(run))[0]).toMatchObject({
      outcome: 'blocked',
      problem: {
        code: 'npm-tag-unknown',
        message: expect.stringContaining('still shows') as string,
      },
    });
    expect(world.writes()).toEqual([SET_DEV, DROP_HOLD]);
    expect(await tags(world)).toMatchObject({ dev: OLDER_VERSION });
  });

  test('Retry-After of a dist-tag is waited for', async () => {
    const world = await testWorld();
    const run = await published(world, NEWER);
    const headers = { 'retry-after': '4' };
    world.fault = ({ method, count }) =>
      method === 'PUT' && count === 1 ? { kind: 'status', status: 429, headers } : undefined;
    expect(await promote(run)).toMatchObject([{ outcome: 'moved' }]);
    expect(run.waits).toEqual([4000, ...WATCH_MS]);
  });
});
