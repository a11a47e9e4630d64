import {
  type RunningOciRegistry,
  startCraneRegistry,
  startDockerRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { inParallel } from '@ameide/publisher-kit';
import type { VersionList } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type Run, run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA } from './release.ts';

async function listOf({ plan, publisher, step }: Run): Promise<VersionList | undefined> {
  const { problems, value } = (await publisher.versions?.(plan, step)) ?? {};
  expect(problems).toBeUndefined();
  return value;
}

const versionsIn = (list: VersionList | undefined): readonly string[] =>
  (list?.versions ?? []).map(({ coordinate }) => coordinate.version).toSorted();

/** A released commit, and the dev build of another one. */
async function publishTwo(world: World): Promise<Run> {
  const released = await run(world, { channel: 'release' });
  await released.publish();
  await released.promote();
  const dev = await run(world, { sha: OTHER, base: '0.2.0' });
  await dev.publish();
  await dev.promote();
  return dev;
}

async function tagAs(world: World, from: string, tags: readonly string[]): Promise<void> {
  const manifest = await world.fetch(`manifests/${from}`);
  const headers = { 'content-type': manifest.headers.get('content-type') ?? '' };
  const body = await manifest.text();
  const put = (tag: string) => world.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
  const answers = await inParallel(tags, put);
  expect(answers.map(({ status }) => status)).toEqual(tags.map(() => 201));
}

test('commits and versions are listed, moving tags are pointers, and tags of others are left out', async () => {
  await using world = await worldOf(await startOciRegistry());
  const dev = await publishTwo(world);
  const signature = `sha256-${'ab'.repeat(32)}`;
  const foreign = [
    signature,
    `${signature}.sig`,
    'main',
    'v0.1.0',
    '0.1.0-alpine',
    SHA.slice(0, 7),
  ];
  await tagAs(world, OTHER, [...foreign, '0.3.0-rc.1']);
  const list = await listOf(dev);
  const about = { ecosystem: 'oci', name: world.image };
  const byVersion = (a: { coordinate: { version: string } }, b: typeof a): number =>
    a.coordinate.version < b.coordinate.version ? -1 : 1;
  expect(list?.versions.toSorted(byVersion)).toEqual(
    [
      { coordinate: { ...about, version: SHA }, sha: SHA },
      { coordinate: { ...about, version: OTHER }, sha: OTHER },
      { coordinate: { ...about, version: '0.1.0' } },
      { coordinate: { ...about, version: '0.3.0-rc.1' } },
    ].toSorted(byVersion),
  );
  const tags = await world.tags();
  const named = (pointer: string, version: string, sha: string) => ({
    pointer: { ...about, pointer, version },
    version,
    sha,
    digest: tags[pointer],
  });
  expect(
    list?.pointers.toSorted((a, b) => (a.pointer.pointer < b.pointer.pointer ? -1 : 1)),
  ).toEqual([
    named('0.1', '0.1.0', SHA),
    named('dev', OTHER, OTHER),
    named('latest', '0.1.0', SHA),
  ]);
});

describe('every tag of more than a page is listed,', () => {
  async function listsAll(start: () => Promise<RunningOciRegistry>): Promise<World> {
    const world = await worldOf(await start());
    const dev = await publishTwo(world);
    const commits = Array.from({ length: 1100 }, (_, n) => n.toString(16).padStart(40, '0'));
    await tagAs(world, OTHER, commits);
    world.proxy.clear();
    const list = await listOf(dev);
    expect(versionsIn(list)).toEqual(['0.1.0', SHA, OTHER, ...commits].toSorted());
    expect(list?.pointers.map(({ pointer }) => pointer.pointer).toSorted()).toEqual([
      '0.1',
      'dev',
      'latest',
    ]);
    return world;
  }
  const pages = ({ proxy }: World): number =>
    proxy.requests.filter(({ path }) => path.includes('/tags/list')).length;

  test('by its links', async () => {
    await using world = await listsAll(startOciRegistry);
    expect(pages(world)).toBe(2);
  });
  needs('docker-registry')('docker-registry', () => {
    test('which a registry sends at once', async () => {
      await using world = await listsAll(startDockerRegistry);
      expect(pages(world)).toBe(2);
    });
  });
  needs('ocireg')('go-containerregistry', () => {
    test('without a link', async () => {
      await using world = await listsAll(startCraneRegistry);
      expect(pages(world)).toBe(2);
    });
  });
});

test('a repository that is not there has an empty list', async () => {
  await using world = await worldOf(await startOciRegistry());
  expect(await listOf(await run(world))).toEqual({ versions: [], pointers: [] });
});

describe('is a problem, as for inspect, and no empty list:', () => {
  const denied = { kind: 'status', status: 403, body: '{"errors":[{"code":"DENIED"}]}' } as const;
  const unknown = { kind: 'status', status: 404, body: '{"errors":[{"code":"PAGE"}]}' } as const;
  const noTags = { kind: 'status', status: 200, body: '{"name":"ameideio/sdk"}' } as const;
  const page = { kind: 'status', status: 200, body: '<p>Log in</p>' } as const;
  test.each([
    ['403', denied, 'ghcr-forbidden'],
    ['404 for another reason', unknown, 'ghcr-not-found'],
    ['503', { kind: 'status', status: 503 } as const, 'ghcr-unavailable'],
    ['a reset connection', { kind: 'reset' } as const, 'ghcr-network'],
    ['an answer without tags', noTags, 'ghcr-malformed'],
    ['a web page', page, 'ghcr-malformed'],
  ])('%s', async (_title, fault, code) => {
    await using world = await worldOf(await startOciRegistry(), {
      fault: ({ path }) => (path.includes('/tags/list') ? fault : undefined),
    });
    const dev = await publishTwo(world);
    const { problems, value } = (await dev.publisher.versions?.(dev.plan, dev.step)) ?? {};
    expect(value).toBeUndefined();
    expect(problems?.map((one) => one.code)).toEqual([code]);
  });

  test('a private image without a token', async () => {
    await using world = await worldOf(await startOciRegistry({ isPrivate: true }));
    const { plan, publisher, step } = await run(world, {}, { token: '' });
    const { problems } = (await publisher.versions?.(plan, step)) ?? {};
    const [found] = await publisher.inspect({ plan }, step);
    expect(problems?.map(({ code, hint }) => ({ code, hint }))).toEqual([
      { code: found?.problem?.code, hint: found?.problem?.hint },
    ]);
  });
});
