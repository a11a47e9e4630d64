import { startOciRegistry } from '@ameide/local-registries';
import { parseBase } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

const THIRD = 'c'.repeat(40);
const open = async (): Promise<World> => worldOf(await startOciRegistry());

describe('one commit has one image', () => {
  test('a commit that is released after its dev build keeps it', async () => {
    await using world = await open();
    const dev = await run(world);
    await dev.publish();
    world.proxy.clear();
    const released = await run(world, { channel: 'release' }, {}, { 'sdk/built.js': 'later' });
    expect(released.built.manifest.digest).not.toBe(dev.built.manifest.digest);
    expect(await released.publish()).toMatchObject([
      { outcome: 'already-there', digest: dev.built.manifest.digest },
      { outcome: 'published', digest: dev.built.manifest.digest },
    ]);
    expect(world.proxy.mutating(), 'one PUT, no blob').toHaveLength(1);
    expect(await released.promote()).toMatchObject([{ outcome: 'moved' }, { outcome: 'moved' }]);
    const { digest } = dev.built.manifest;
    expect(await world.tags()).toEqual({
      [SHA]: digest,
      '0.1.0': digest,
      '0.1': digest,
      latest: digest,
    });
    expect(
      (await released.publisher.pointers(released.plan, await step())).map(
        ({ version }) => version,
      ),
    ).toEqual(['0.1.0', '0.1.0']);

    const backport = await run(world, { sha: OTHER, base: '0.0.9', channel: 'release' });
    await backport.publish();
    expect(await backport.promote()).toMatchObject([
      { pointer: { pointer: '0.0' }, outcome: 'moved' },
      { pointer: { pointer: 'latest' }, outcome: 'superseded', from: '0.1.0' },
    ]);
    expect((await world.tags())['latest']).toBe(digest);
  });

  test('a release takes the image that only the tag of dev builds names', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'basic' }));
    const dev = await run(world);
    await dev.publish();
    await dev.promote();
    expect((await world.fetch(`manifests/${SHA}`, { method: 'DELETE' })).status).toBe(202);
    const released = await run(world, { channel: 'release' });
    const { digest } = dev.built.manifest;
    expect(await released.publish()).toMatchObject([{ digest }, { digest }]);
    expect(await world.tags()).toEqual({ [SHA]: digest, '0.1.0': digest, dev: digest });
  });
});

describe('latest and X.Y', () => {
  test('move to higher versions only, each on its own', async () => {
    await using world = await open();
    const versions: [string, string][] = [
      ['0.2.0', SHA],
      ['0.1.1', OTHER],
      ['0.2.1', THIRD],
    ];
    const outcomes: unknown[] = [];
    for (const [base, sha] of versions) {
      const released = await run(world, { base, sha, channel: 'release' });
      await released.publish();
      outcomes.push(
        (await released.promote()).map(({ pointer, outcome, from }) => [
          pointer.pointer,
          outcome,
          from,
        ]),
      );
    }
    expect(outcomes).toEqual([
      [
        ['0.2', 'moved', undefined],
        ['latest', 'moved', undefined],
      ],
      [
        ['0.1', 'moved', undefined],
        ['latest', 'superseded', '0.2.0'],
      ],
      [
        ['0.2', 'moved', '0.2.0'],
        ['latest', 'moved', '0.2.0'],
      ],
    ]);
  });
});

describe('moving tags by policy', () => {
  test('each line has its own; a name of prereleases goes forwards among them', async () => {
    await using world = await open();
    const movingTags = { release: ['latest', 'X', 'next'], candidate: 'next', dev: null };
    const publishAs = async (base: string, sha: string, channel: 'release' | 'candidate') => {
      const one = await run(world, { base, sha, channel }, { movingTags });
      await one.publish();
      const moves = await one.promote();
      return moves.map(({ pointer, outcome }) => `${pointer.pointer} ${outcome}`);
    };
    expect(await publishAs('1.0.0', SHA, 'release')).toEqual([
      'latest moved',
      '1 moved',
      'next moved',
    ]);
    expect(await publishAs('2.0.0', OTHER, 'candidate')).toEqual(['next moved']);
    expect(await publishAs('1.1.0', THIRD, 'release')).toEqual([
      'latest moved',
      '1 moved',
      'next superseded',
    ]);
    const dev = await run(world, { base: '3.0.0', sha: 'd'.repeat(40) }, { movingTags });
    await dev.publish();
    expect(await dev.promote()).toEqual([]);
    expect(Object.keys(await world.tags()).filter((tag) => !/^[0-9a-f]{40}$/.test(tag))).toEqual(
      expect.arrayContaining(['1', '1.0.0', '1.1.0', '2.0.0-rc.1', 'latest', 'next']),
    );
  });
});

describe('candidates whose commits had dev builds', () => {
  const movingTags = { candidate: 'next' };
  const candidate = (number: number) =>
    ({ kind: 'candidate', base: parseBase('0.1.0'), number }) as const;

  test('are told apart by their tags: the name never moves to a lower one', async () => {
    await using world = await open();
    const lower = await run(world, { sha: OTHER, channel: candidate(2) }, { movingTags });
    const higher = await run(world, { sha: SHA, channel: candidate(10) }, { movingTags });
    for (const sha of [OTHER, SHA]) await (await run(world, { sha })).publish();
    for (const each of [lower, higher]) await each.publish();
    expect(await higher.promote()).toMatchObject([{ outcome: 'moved' }]);
    expect(await lower.promote()).toMatchObject([{ outcome: 'superseded', from: '0.1.0-rc.10' }]);
  });

  test('a registry that does not list its tags: the name stays', async () => {
    await using world = await worldOf(await startOciRegistry(), {
      fault: ({ path }) =>
        path.includes('/tags/list') ? { kind: 'status', status: 405 } : undefined,
    });
    const first = await run(world, { sha: OTHER, channel: candidate(1) }, { movingTags });
    const second = await run(world, { sha: SHA, channel: candidate(2) }, { movingTags });
    for (const each of [first, second]) await each.publish();
    await first.promote();
    expect(await second.promote()).toMatchObject([
      { outcome: 'blocked', problem: { code: 'ghcr-rejected' } },
    ]);
  });
});

describe('dev', () => {
  test.each([
    ['ancestor', 'moved'],
    ['diverged', 'moved'],
    ['descendant', 'superseded'],
    ['unknown', 'blocked'],
  ] as const)('names an image whose commit is %s: %s', async (relation, outcome) => {
    await using world = await open();
    const first = await run(world, { sha: OTHER });
    await first.publish();
    await first.promote();
    const second = await run(world);
    await second.publish();
    world.proxy.clear();
    const asked: string[][] = [];
    const moves = await second.promote((a, b) => (asked.push([a, b]), relation));
    expect(moves).toMatchObject([
      {
        outcome,
        from: OTHER,
        ...(outcome === 'blocked' ? { problem: { code: 'ghcr-pointer-blocked' } } : {}),
      },
    ]);
    expect(asked).toEqual([[OTHER, SHA]]);
    expect(world.proxy.mutating()).toHaveLength(outcome === 'moved' ? 1 : 0);
    expect((await world.tags())['dev']).toBe(
      (outcome === 'moved' ? second : first).built.manifest.digest,
    );
  });

  test('does not move before its image is there', async () => {
    await using world = await open();
    const { promote } = await run(world);
    expect(await promote()).toMatchObject([
      { outcome: 'blocked', problem: { code: 'ghcr-image-missing' } },
    ]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test('moves to what the commit’s tag names, not to another build', async () => {
    await using world = await open();
    const first = await run(world);
    await first.publish();
    const again = await run(world, {}, { labels: { 'org.example.build': 'another' } });
    expect(again.built.manifest.digest).not.toBe(first.built.manifest.digest);
    expect(await again.publish()).toMatchObject([
      { outcome: 'already-there', digest: first.built.manifest.digest },
    ]);
    await again.promote();
    expect(await world.tags()).toEqual({
      [SHA]: first.built.manifest.digest,
      dev: first.built.manifest.digest,
    });
  });

  test('a foreign image holds it', async () => {
    await using world = await open();
    const { publish, promote } = await run(world);
    await publish();
    const empty = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      size: 2,
    };
    const { headers } = await world.fetch('blobs/uploads/', { method: 'POST' });
    const location = new URL(headers.get('location') ?? '', world.registry.url);
    location.searchParams.set('digest', empty.digest);
    await world.fetch(`${location.pathname}${location.search}`.replace('/v2/ameideio/sdk/', ''), {
      method: 'PUT',
      body: '{}',
    });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const body = JSON.stringify({ schemaVersion: 2, mediaType, config: empty, layers: [] });
    expect(
      (
        await world.fetch('manifests/dev', {
          method: 'PUT',
          body,
          headers: { 'content-type': mediaType },
        })
      ).status,
    ).toBe(201);
    expect(await promote()).toMatchObject([
      { outcome: 'blocked', problem: { code: 'ghcr-pointer-blocked' } },
    ]);
  });
});
