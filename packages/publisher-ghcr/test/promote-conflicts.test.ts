import { type RecordingProxyOptions, startOciRegistry } from '@ameide/local-registries';
import { parseBase } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import type { GhcrOptions } from '../src/index.ts';
import { type Run, run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

const THIRD = 'c'.repeat(40);
const CONFLICT = { outcome: 'blocked', problem: { code: 'ghcr-tag-conflict', kind: 'conflict' } };
const open = async (proxying: RecordingProxyOptions = {}): Promise<World> =>
  worldOf(await startOciRegistry(), proxying);

/** Sets a tag to the image of a commit, past the proxy. */
async function set(world: World, tag: string, sha: string): Promise<void> {
  const image = await world.fetch(`manifests/${sha}`);
  const headers = { 'content-type': image.headers.get('content-type') ?? '' };
  const body = await image.arrayBuffer();
  const { status } = await world.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
  expect(status).toBe(201);
}

const outcomes = (moves: Awaited<ReturnType<Run['promote']>>): readonly string[] =>
  moves.map(({ pointer, outcome }) => `${pointer.pointer} ${outcome}`);

interface Race {
  readonly world: World;
  readonly ours: Run;
  readonly theirs: Run;
}

/**
 * Another commit publishes 0.1.0 as a whole while our write of that tag is on its way. `higher` is
 * published before.
 */
async function race(higher?: string): Promise<Race> {
  let finish: (() => Promise<void>) | undefined;
  const world = await open({
    async onRequest({ method, path }) {
      const held = finish;
      if (method !== 'PUT' || !path.endsWith('/manifests/0.1.0') || held === undefined) return;
      finish = undefined;
      await held();
    },
  });
  if (higher !== undefined) {
    const released = await run(world, { base: higher, sha: THIRD, channel: 'release' });
    await released.publish();
    await released.promote();
  }
  const theirs = await run(world, { sha: OTHER, channel: 'release' });
  const ours = await run(world, { sha: SHA, channel: 'release' });
  finish = async () => {
    await theirs.publish();
    expect(await theirs.promote()).toContainEqual(expect.objectContaining({ outcome: 'moved' }));
  };
  expect(await ours.publish()).toMatchObject([{ outcome: 'published' }, { outcome: 'published' }]);
  expect((await world.tags())['0.1.0']).toBe(ours.built.manifest.digest);
  world.proxy.clear();
  return { world, ours, theirs };
}

describe('another commit has published our version before our tag took its place', () => {
  test('no name moves, however often it is run; both runs say so', async () => {
    const { world, ours, theirs } = await race();
    await using _ = world;
    for (const each of [ours, ours, theirs])
      expect(await each.promote()).toMatchObject([CONFLICT, CONFLICT]);
    expect(world.proxy.mutating()).toEqual([]);
    const { digest } = theirs.built.manifest;
    expect(await world.tags()).toMatchObject({ '0.1': digest, latest: digest });
  });

  test('the one command of the hint decides for ours', async () => {
    const { world, ours } = await race();
    await using _ = world;
    const [blocked] = await ours.promote();
    const from = `0.1.0-dev.20251113153211+g${OTHER.slice(0, 7)}`;
    const pointer = { ecosystem: 'oci', name: world.image, pointer: '0.1', version: '0.1.0' };
    expect(blocked?.problem?.hint).toContain(`${world.image}:0.1 --to 0.1.0 --from ${from}`);
    const asked = { pointer: { ...pointer, ecosystem: 'oci' as const }, from };
    expect(await ours.publisher.movePointer?.(ours.plan, asked, await step())).toMatchObject({
      outcome: 'moved',
    });
    expect(outcomes(await ours.promote())).toEqual(['0.1 already', 'latest moved']);
  });

  test('latest names a higher version, so that only X.Y is theirs', async () => {
    const { world, ours, theirs } = await race('0.2.0');
    await using _ = world;
    const { latest } = await world.tags();
    expect(await ours.promote()).toMatchObject([CONFLICT, CONFLICT]);
    expect(world.proxy.mutating()).toEqual([]);
    expect(await world.tags()).toMatchObject({ '0.1': theirs.built.manifest.digest, latest });
  });

  test('a name that cannot be read holds the others', async () => {
    let broken = false;
    const world = await open({
      fault: ({ path }) =>
        broken && path.endsWith('/manifests/latest') ? { kind: 'status', status: 500 } : undefined,
    });
    await using _ = world;
    const ours = await run(world, { channel: 'release' });
    for (const each of [ours, await run(world, { sha: OTHER })]) await each.publish();
    await set(world, '0.1', OTHER);
    broken = true;
    world.proxy.clear();
    expect(outcomes(await ours.promote())).toEqual(['0.1 blocked', 'latest blocked']);
    expect(world.proxy.mutating()).toEqual([]);
  });
});

describe('a name that a person set to a dev build of our version', () => {
  test.each<[string, GhcrOptions['movingTags'], Readonly<Record<string, string>>, string[]]>([
    ['latest; X.Y is absent', undefined, { latest: OTHER }, ['0.1 moved', 'latest moved']],
    [
      'latest; X.Y names another commit’s',
      undefined,
      { latest: OTHER, '0.1': THIRD },
      ['0.1 moved', 'latest moved'],
    ],
    [
      'latest; X.Y names ours',
      undefined,
      { latest: OTHER, '0.1': SHA },
      ['0.1 already', 'latest moved'],
    ],
    [
      'the only one that releases move',
      { release: 'latest' },
      { latest: OTHER },
      ['latest blocked'],
    ],
  ])('%s', async (_title, movingTags, byHand, expected) => {
    await using world = await open();
    for (const sha of [OTHER, THIRD]) await (await run(world, { sha })).publish();
    const ours = await run(world, { channel: 'release' }, movingTags && { movingTags });
    await ours.publish();
    for (const [tag, sha] of Object.entries(byHand)) await set(world, tag, sha);
    expect(outcomes(await ours.promote())).toEqual(expected);
  });
});

test('candidates of other commits, and then the release of another one, move the names', async () => {
  await using world = await open();
  const movingTags = { release: ['X.Y', 'latest', 'next'], candidate: 'next' };
  const candidate = (number: number) =>
    ({ kind: 'candidate', base: parseBase('0.1.0'), number }) as const;
  const publishAs = async (
    sha: string,
    channel: 'release' | ReturnType<typeof candidate>,
  ): Promise<readonly string[]> => {
    const one = await run(world, { sha, channel }, { movingTags });
    await one.publish();
    return outcomes(await one.promote());
  };
  expect(await publishAs(OTHER, candidate(1))).toEqual(['next moved']);
  expect(await publishAs(THIRD, candidate(2))).toEqual(['next moved']);
  expect(await publishAs(SHA, 'release')).toEqual(['0.1 moved', 'latest moved', 'next moved']);
});

describe('another commit sets the version’s tag', () => {
  test('before the names move: they stay', async () => {
    await using world = await open();
    const ours = await run(world, { channel: 'release' });
    for (const each of [await run(world, { sha: OTHER }), ours]) await each.publish();
    await set(world, '0.1.0', OTHER);
    world.proxy.clear();
    const problem = { ...CONFLICT.problem, effect: 'none' };
    const coordinate = `oci:${world.image}:0.1.0`;
    expect(await ours.promote()).toMatchObject([
      { ...CONFLICT, problem: { ...problem, coordinate } },
      { ...CONFLICT, problem },
    ]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test.each([
    ['moved', '0.0.9'],
    ['superseded', '0.2.0'],
  ])('while the names move, latest is %s: the run says so, and again', async (_title, base) => {
    const world = await open({
      async onRequest({ method, path }) {
        if (method === 'PUT' && path.endsWith('/manifests/0.1')) await set(world, '0.1.0', OTHER);
      },
    });
    await using _ = world;
    const before = await run(world, { base, sha: THIRD, channel: 'release' });
    await before.publish();
    await before.promote();
    const ours = await run(world, { channel: 'release' });
    for (const each of [await run(world, { sha: OTHER }), ours]) await each.publish();
    const problem = { ...CONFLICT.problem, effect: 'committed' };
    const told = { ...CONFLICT, problem };
    expect(await ours.promote()).toMatchObject([told, told]);
    world.proxy.clear();
    expect(await ours.promote()).toMatchObject([CONFLICT, CONFLICT]);
    expect(world.proxy.mutating()).toEqual([]);
  });
});
