import {
  type RawDescriptor,
  type RawImages,
  type RunningOciRegistry,
  rawImages,
  startDockerRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import type { Coordinate, Removed } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, step, tree } from './release.ts';

const [OLD, OTHER, NEW] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];

interface Lab extends World {
  readonly images: RawImages;
  remove(...tags: readonly string[]): Promise<readonly Removed[]>;
  /** `absent`, or what the registry says about a manifest. */
  has(image: RawDescriptor): Promise<boolean>;
}

async function start(registry: Promise<RunningOciRegistry>): Promise<Lab> {
  const world = await worldOf(await registry);
  onTestFinished(async () => world[Symbol.asyncDispose]());
  return {
    ...world,
    images: rawImages(world),
    async remove(...tags) {
      const publisher = await ghcr(world.options()).open(tree());
      const plan = publisher.plan(release());
      const coordinates = tags.map((tag): Coordinate => coordinate(world, tag));
      return (await publisher.remove?.(plan, coordinates, await step())) ?? [];
    },
    has: async ({ digest }) => (await world.fetch(`manifests/${digest}`)).ok,
  };
}

function coordinate({ image }: World, version: string): Coordinate {
  return { ecosystem: 'oci', name: image, version };
}

function outcomesOf(removed: readonly Removed[]): readonly string[] {
  return removed.map(({ outcome, reason }) =>
    reason === undefined ? outcome : `${outcome}: ${reason}`,
  );
}

const REGISTRIES = {
  'a registry with referrers': async () => startOciRegistry(),
  'a registry without referrers': async () => startOciRegistry({ referrers: false }),
};

describe.each(Object.entries(REGISTRIES))('at %s', (name, registry) => {
  const hasReferrers = name === 'a registry with referrers';

  test('an image goes with its platforms, signatures and attestations', async () => {
    const lab = await start(registry());
    const kept = await lab.images.devBuild(NEW);
    const signature = await lab.images.attach(kept);
    const before = await lab.tags();
    const old = await lab.images.devBuild(OLD);
    const gone = [
      old,
      await lab.images.image({ revision: OLD }),
      await lab.images.attach(old),
      await lab.images.attach(old, { suffix: '.att', content: 'an attestation' }),
      await lab.images.attach(await lab.images.image({ revision: OLD }), { content: 'of a part' }),
    ];
    if (hasReferrers) {
      const referrer = await lab.images.attach(old, { isReferrer: true });
      gone.push(referrer, await lab.images.attach(referrer, { content: 'b', isReferrer: true }));
    }
    expect(outcomesOf(await lab.remove(OLD))).toEqual(['removed']);
    expect(await lab.tags()).toEqual(before);
    for (const one of gone) expect(await lab.has(one)).toBe(false);
    for (const one of [kept, signature, await lab.images.image({ revision: NEW })])
      expect(await lab.has(one)).toBe(true);
  });

  test('the list of referrers under a tag goes, and that of another image stays', async () => {
    const lab = await start(registry());
    const [old, kept] = [await lab.images.devBuild(OLD), await lab.images.devBuild(NEW)];
    const list = async (image: RawDescriptor) => {
      const signature = await lab.images.attach(image, { isReferrer: true });
      const index = await lab.images.index(image.digest.replace(':', '-'), '', [signature]);
      return [signature, index];
    };
    const [going, staying] = [await list(old), await list(kept)];
    expect(outcomesOf(await lab.remove(OLD))).toEqual(['removed']);
    for (const one of going) expect(await lab.has(one)).toBe(false);
    for (const one of staying) expect(await lab.has(one)).toBe(true);
  });
});

test('what another tag names stays, and the reason names that tag', async () => {
  const lab = await start(startOciRegistry());
  const old = await lab.images.devBuild(OLD);
  await lab.images.index('pinned', OLD, await platformsOf(lab, OLD));
  expect((await lab.tags())['pinned']).toBe(old.digest);
  await lab.images.attach(old);
  const [before, requests] = [await lab.tags(), lab.proxy.mutating().length];
  expect(outcomesOf(await lab.remove(OLD))).toEqual(['kept: the tag pinned names it, too']);
  expect(await lab.tags()).toEqual(before);
  expect(lab.proxy.mutating()).toHaveLength(requests);
});

test('a platform that an index of another tag contains stays, with its signature', async () => {
  const lab = await start(startOciRegistry());
  await lab.images.devBuild(OLD);
  const [amd64, arm64] = await platformsOf(lab, OLD);
  if (amd64 === undefined || arm64 === undefined) throw new Error('a dev build has two platforms');
  await lab.images.index('both', NEW, [amd64]);
  const signatures = [await lab.images.attach(amd64), await lab.images.attach(arm64)];
  expect(outcomesOf(await lab.remove(OLD))).toEqual(['removed']);
  expect(await lab.has(amd64)).toBe(true);
  expect(await lab.has(arm64)).toBe(false);
  expect(await Promise.all(signatures.map(async (one) => lab.has(one)))).toEqual([true, false]);
});

test('an SBOM that two images share stays until both go', async () => {
  const lab = await start(startOciRegistry());
  const [one, two] = [await lab.images.devBuild(OLD), await lab.images.devBuild(OTHER)];
  const share = async (image: RawDescriptor) =>
    lab.images.attach(image, { suffix: '.sbom', content: 'the same' });
  const sbom = await share(one);
  await share(two);
  expect(outcomesOf(await lab.remove(OLD))).toEqual(['removed']);
  expect(await lab.has(sbom)).toBe(true);
  await share(await lab.images.devBuild(OLD));
  expect(outcomesOf(await lab.remove(OLD, OTHER))).toEqual(['removed', 'removed']);
  expect(await lab.tags()).toEqual({});
});

test('one image under two commits goes once, when both go', async () => {
  const lab = await start(startOciRegistry());
  await lab.images.devBuild(OLD);
  await lab.images.index(OTHER, OLD, await platformsOf(lab, OLD));
  expect(outcomesOf(await lab.remove(OLD))).toEqual([`kept: the tag ${OTHER} names it, too`]);
  expect(outcomesOf(await lab.remove(OLD, OTHER))).toEqual(['removed', 'removed']);
  expect(outcomesOf(await lab.remove(OLD, OTHER))).toEqual(['gone', 'gone']);
});

test('nothing is removed while one tag cannot be read', async () => {
  const registry = await startOciRegistry();
  const isBroken = { value: false };
  const world = await worldOf(registry, {
    fault: ({ path }) =>
      isBroken.value && path.endsWith('/manifests/latest')
        ? { kind: 'status', status: 500 }
        : undefined,
  });
  onTestFinished(async () => world[Symbol.asyncDispose]());
  const images = rawImages(world);
  await images.devBuild(OLD);
  await images.image({ revision: NEW, tag: 'latest' });
  isBroken.value = true;
  const publisher = await ghcr(world.options()).open(tree());
  const mutations = world.proxy.mutating().length;
  const removed = await publisher.remove?.(
    publisher.plan(release()),
    [coordinate(world, OLD)],
    await step(),
  );
  expect(removed).toMatchObject([
    { outcome: 'incomplete', problem: { code: 'ghcr-unavailable', effect: 'none' } },
  ]);
  expect(world.proxy.mutating()).toHaveLength(mutations);
});

test('a tag whose manifest is gone, as a deletion that was cut off leaves it, goes', async () => {
  const isCutOff = { value: true };
  const world = await worldOf(await startOciRegistry(), {
    fault: ({ method, path }) =>
      method === 'GET' && isCutOff.value && path.endsWith(`/manifests/${OLD}`)
        ? { kind: 'status', status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' }
        : undefined,
  });
  onTestFinished(async () => world[Symbol.asyncDispose]());
  await rawImages(world).devBuild(OLD);
  await rawImages(world).devBuild(NEW);
  const publisher = await ghcr(world.options()).open(tree());
  const remove = async () =>
    publisher.remove?.(publisher.plan(release()), [coordinate(world, OLD)], await step());
  expect(await remove()).toMatchObject([{ outcome: 'gone' }]);
  isCutOff.value = false;
  expect(Object.keys(await world.tags())).toEqual([NEW]);
  const mutations = world.proxy.mutating().length;
  expect(await remove()).toMatchObject([{ outcome: 'gone' }]);
  expect(world.proxy.mutating()).toHaveLength(mutations);
});

test.each([
  ['a release', '0.1.0'],
  ['a moving tag', 'dev'],
  ['a digest', `sha256:${'a'.repeat(64)}`],
])('%s is refused', async (_what, tag) => {
  const lab = await start(startOciRegistry());
  await expect(lab.remove(tag)).rejects.toMatchObject({ field: 'coordinates' });
  expect(lab.proxy.requests).toEqual([]);
});

needs('docker-registry')('docker-registry', () => {
  test('one that deletes nothing gives a problem, and nothing has changed', async () => {
    const lab = await start(startDockerRegistry({ deletes: false }));
    await lab.images.attach(await lab.images.devBuild(OLD));
    await lab.images.devBuild(OTHER);
    const before = await lab.tags();
    const removed = await lab.remove(OLD, OTHER);
    expect(removed.map(({ outcome, problem }) => `${outcome} ${problem?.code}`)).toEqual([
      'incomplete ghcr-removal-unsupported',
      'incomplete ghcr-removal-unsupported',
    ]);
    expect(await lab.tags()).toEqual(before);
    expect(lab.proxy.requests.filter(({ status }) => status === 405)).toHaveLength(1);
  });
});

async function platformsOf(lab: World, tag: string): Promise<readonly RawDescriptor[]> {
  const body = (await (await lab.fetch(`manifests/${tag}`)).json()) as {
    manifests: readonly RawDescriptor[];
  };
  return body.manifests;
}
