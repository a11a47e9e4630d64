import { type RawDescriptor, rawImages, startOciRegistry } from '@ameide/local-registries';
import type { Removed } from '@ameide/versioning-core';
import { expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, step, tree } from './release.ts';

const [OLD, OTHER] = ['1', '2'].map((digit) => digit.repeat(40)) as [string, string];

interface Race extends World {
  /** Removes both images; another run does `act` once the first manifest is about to be deleted. */
  remove(act: () => Promise<unknown>): Promise<readonly Removed[]>;
  readonly built: Readonly<Record<string, RawDescriptor>>;
}

async function race(): Promise<Race> {
  let act: (() => Promise<unknown>) | undefined;
  const world = await worldOf(await startOciRegistry(), {
    async onRequest({ method }) {
      const now = act;
      if (method !== 'DELETE' || now === undefined) return;
      act = undefined;
      await now();
    },
  });
  onTestFinished(async () => world[Symbol.asyncDispose]());
  const images = rawImages(world);
  const built = { [OLD]: await images.devBuild(OLD), [OTHER]: await images.devBuild(OTHER) };
  return {
    ...world,
    built,
    async remove(then) {
      act = then;
      const publisher = await ghcr(world.options()).open(tree());
      const coordinates = [OLD, OTHER].map(
        (version) => ({ ecosystem: 'oci', name: world.image, version }) as const,
      );
      const removed = await publisher.remove?.(
        publisher.plan(release()),
        coordinates,
        await step(),
      );
      return removed ?? [];
    },
  };
}

async function retag(lab: World, tag: string, from: string): Promise<void> {
  const image = await lab.fetch(`manifests/${from}`);
  const headers = { 'content-type': image.headers.get('content-type') ?? '' };
  const body = await image.arrayBuffer();
  expect((await lab.fetch(`manifests/${tag}`, { method: 'PUT', headers, body })).ok).toBe(true);
}

test('an image that is released while others are removed stays', async () => {
  const lab = await race();
  const removed = await lab.remove(async () => retag(lab, '0.1.0', OTHER));
  expect(removed).toMatchObject([
    { outcome: 'removed' },
    { outcome: 'kept', reason: 'the tag 0.1.0 names it, too' },
  ]);
  expect((await lab.tags())['0.1.0']).toBe(lab.built[OTHER]?.digest);
});

test('a platform that an index contains which is pushed meanwhile stays', async () => {
  const lab = await race();
  const { manifests } = (await (await lab.fetch(`manifests/${OTHER}`)).json()) as {
    manifests: readonly RawDescriptor[];
  };
  const [amd64, arm64] = manifests;
  if (amd64 === undefined || arm64 === undefined) throw new Error('a dev build has two platforms');
  const removed = await lab.remove(async () => rawImages(lab).index('0.1.0', OTHER, [amd64]));
  expect(removed).toMatchObject([{ outcome: 'removed' }, { outcome: 'removed' }]);
  const isThere = async ({ digest }: RawDescriptor): Promise<boolean> =>
    (await lab.fetch(`manifests/${digest}`)).ok;
  expect([await isThere(amd64), await isThere(arm64)]).toEqual([true, false]);
});

test('an image that a moving tag is moved back to meanwhile stays', async () => {
  const lab = await race();
  await rawImages(lab).devBuild('3'.repeat(40));
  await retag(lab, 'dev', '3'.repeat(40));
  const removed = await lab.remove(async () => retag(lab, 'dev', OTHER));
  expect(removed).toMatchObject([
    { outcome: 'removed' },
    { outcome: 'kept', reason: 'the tag dev names it, too' },
  ]);
  expect((await lab.tags())['dev']).toBe(lab.built[OTHER]?.digest);
});
