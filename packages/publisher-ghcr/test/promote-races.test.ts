import {
  type FaultSubject,
  type RecordingProxyOptions,
  startOciRegistry,
} from '@ameide/local-registries';
import type { Relation } from '@ameide/versioning-core';
import { describe, expect, test, vi } from 'vitest';
import { type Run, run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA } from './release.ts';

const BEFORE = 'c'.repeat(40);
const HISTORY = [BEFORE, OTHER, SHA];
const isDev = ({ path }: Pick<FaultSubject, 'path'>): boolean => path.endsWith('/manifests/dev');
/** The relation of the commit that `dev` names to ours. */
const relation = (current: string, ours: string): Relation =>
  HISTORY.indexOf(current) < HISTORY.indexOf(ours) ? 'ancestor' : 'descendant';

interface Race {
  readonly world: World;
  readonly first: Run;
  readonly older: Run;
  readonly newer: Run;
  /** Sets `dev` as another run would, past the proxy. */
  readonly set: (to: Run) => Promise<void>;
}

/** Images of three commits, and `dev` names the first. */
async function race(proxying: RecordingProxyOptions = {}): Promise<Race> {
  const world = await worldOf(await startOciRegistry(), proxying);
  const first = await run(world, { sha: BEFORE });
  const older = await run(world, { sha: OTHER });
  const newer = await run(world, { sha: SHA });
  for (const each of [first, older, newer]) await each.publish();
  await first.promote();
  world.proxy.clear();
  const set = async ({ plan }: Run): Promise<void> => {
    const image = await world.fetch(`manifests/${plan.sha}`);
    const headers = { 'content-type': image.headers.get('content-type') ?? '' };
    expect(
      (
        await world.fetch('manifests/dev', {
          method: 'PUT',
          headers,
          body: await image.arrayBuffer(),
        })
      ).status,
    ).toBe(201);
  };
  return { world, first, older, newer, set };
}

/** Lets more time pass than a run watches what it has set. */
const late = (): void => {
  const now = performance.now() + 2001;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
};

describe('two runs move dev at once', () => {
  test('the newer one moves it while the older one decides: the older one decides again', async () => {
    const { world, older, newer } = await race();
    await using _ = world;
    const asked: string[] = [];
    const moves = await older.promote(async (current, ours) => {
      asked.push(current);
      if (asked.length > 1) return relation(current, ours);
      // The newer one has watched its move for longer than what the older one has read is recent.
      late();
      expect(await newer.promote(relation)).toMatchObject([{ outcome: 'moved', from: BEFORE }]);
      return relation(current, ours);
    });
    vi.restoreAllMocks();
    expect(moves).toMatchObject([{ outcome: 'superseded', from: SHA }]);
    expect(asked).toEqual([BEFORE, SHA]);
    expect((await world.tags())['dev']).toBe(newer.built.manifest.digest);
    expect(world.proxy.mutating(), 'the newer one’s alone').toHaveLength(1);
  });

  test('the older one comes after the newer one’s write: the newer one sets it again', async () => {
    let reads = 0;
    const { world, older, newer, set } = await race({
      // Read and decided, written, and read back: here.
      onRequest: async (request) => {
        if (request.method === 'GET' && isDev(request) && ++reads === 2) await set(older);
      },
    });
    await using _ = world;
    reads = 0;
    expect(await newer.promote(relation)).toMatchObject([{ outcome: 'moved', from: OTHER }]);
    expect((await world.tags())['dev']).toBe(newer.built.manifest.digest);
    expect(world.proxy.mutating()).toHaveLength(2);
  });

  test('the newer one comes after the older one’s write: it stays, and the older one says so', async () => {
    let reads = 0;
    const { world, older, newer, set } = await race({
      onRequest: async (request) => {
        if (request.method === 'GET' && isDev(request) && ++reads === 2) await set(newer);
      },
    });
    await using _ = world;
    reads = 0;
    expect(await older.promote(relation)).toMatchObject([{ outcome: 'superseded', from: SHA }]);
    expect(world.proxy.mutating()).toHaveLength(1);
  });

  test('another run sets it back each time: blocked in bounded time, and safe to run again', async () => {
    let reads = 0;
    const { world, first, older, newer, set } = await race({
      onRequest: async (request) => {
        if (request.method !== 'GET' || !isDev(request)) return;
        // After each write.
        if (++reads > 1) await set(reads % 2 === 0 ? older : first);
      },
    });
    await using _ = world;
    reads = 0;
    expect(await newer.promote(relation)).toMatchObject([
      { outcome: 'blocked', problem: { code: 'ghcr-pointer-blocked', rerun: 'safe' } },
    ]);
    expect(world.proxy.mutating().length).toBeLessThan(6);
    reads = -100;
    expect(await newer.promote(relation)).toMatchObject([{ outcome: 'moved' }]);
  });
});

describe('an older run that hangs at its write until the newer one has ended', () => {
  test.each(['descendant', 'unknown'] as const)('dev; the newer commit is %s', async (known) => {
    let hold: (() => Promise<void>) | undefined;
    const { world, older, newer, first } = await race({
      async onRequest(request) {
        const held = hold;
        if (request.method !== 'PUT' || !isDev(request) || held === undefined) return;
        hold = undefined;
        await held();
      },
    });
    await using _ = world;
    await first.promote();
    hold = async () => {
      expect(await newer.promote(relation)).toMatchObject([{ outcome: 'moved' }]);
      late();
    };
    const moves = await older.promote((current, ours) =>
      current === SHA ? known : relation(current, ours),
    );
    vi.restoreAllMocks();
    const problem = {
      code: 'ghcr-pointer-overtaken',
      hint: expect.stringContaining(`--to ${SHA} --from ${OTHER}`) as string,
    };
    expect(moves).toMatchObject([{ outcome: 'blocked', problem }]);
    expect(await newer.promote(relation)).toMatchObject([{ outcome: 'moved' }]);
  });

  test.each([
    ['a commit that this clone does not have, made later', '20251113163211', 'blocked'],
    ['a commit that this clone does not have, made before', '20251113143211', 'moved'],
  ])('dev; on the registry is %s', async (_title, datetime, outcome) => {
    const world = await worldOf(await startOciRegistry(), {
      onRequest: (request) => {
        if (request.method === 'PUT' && isDev(request)) late();
      },
    });
    await using _ = world;
    const ours = await run(world, { sha: SHA });
    for (const each of [ours, await run(world, { sha: OTHER, datetime })]) await each.publish();
    const moves = await ours.promote(() => 'unknown');
    vi.restoreAllMocks();
    expect(moves).toMatchObject([{ outcome }]);
  });

  test.each([
    ['0.1.0', ['latest moved', '0.1 moved']],
    ['0.1.3', ['latest blocked', '0.1 blocked']],
    ['0.2.0', ['latest blocked', '0.1 moved']],
  ])('latest and X.Y; on the registry is %s', async (base, expected) => {
    const world = await worldOf(await startOciRegistry(), {
      onRequest: (request) => {
        if (request.method === 'PUT' && /latest|0\.1$/.test(request.path)) late();
      },
    });
    await using _ = world;
    const ours = await run(world, { sha: SHA, base: '0.1.2', channel: 'release' });
    const other = await run(world, { sha: OTHER, base, channel: 'release' });
    for (const each of [ours, other]) await each.publish();
    const moves = await ours.promote();
    vi.restoreAllMocks();
    expect(moves.map(({ pointer, outcome }) => `${pointer.pointer} ${outcome}`).toSorted()).toEqual(
      expected.toSorted(),
    );
  });
});

describe('the tag after the write', () => {
  test('cannot be read: unknown, and a further run settles it', async () => {
    let written = false;
    let broken = true;
    const { world, newer } = await race({
      fault(request) {
        if (!isDev(request)) return undefined;
        if (written && broken) return { kind: 'status', status: 500 };
        written ||= request.method === 'PUT';
        return undefined;
      },
    });
    await using _ = world;
    written = false;
    expect(await newer.promote(relation)).toMatchObject([
      {
        outcome: 'blocked',
        problem: {
          code: 'ghcr-pointer-unknown',
          kind: 'unknown',
          effect: 'unknown',
          rerun: 'safe',
        },
      },
    ]);
    broken = false;
    world.proxy.clear();
    expect(await newer.promote(relation)).toMatchObject([{ outcome: 'already' }]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test.each([
    ['a moment', 2, { outcome: 'moved', from: BEFORE }],
    [
      'long',
      Infinity,
      {
        outcome: 'blocked',
        problem: { code: 'ghcr-pointer-unknown', kind: 'unknown', rerun: 'safe' },
      },
    ],
  ])(
    'is shown by a cache as it was before, for %s: it is not written twice',
    async (_name, reads, expected) => {
      let cached: string | undefined;
      let written = false;
      let left = reads;
      const { world, newer } = await race({
        fault(request) {
          if (cached === undefined || !isDev(request)) return undefined;
          if (request.method === 'GET' && written && left-- > 0)
            return { kind: 'status', status: 200, body: cached };
          written ||= request.method === 'PUT';
          return undefined;
        },
      });
      await using _ = world;
      cached = await (await world.fetch('manifests/dev')).text();
      expect(await newer.promote(relation)).toMatchObject([expected]);
      expect(world.proxy.mutating()).toHaveLength(1);
    },
  );
});
