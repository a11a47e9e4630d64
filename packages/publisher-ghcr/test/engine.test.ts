import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { packTar } from '@ameide/publisher-kit';
import type { Step } from '@ameide/versioning-core';
import { OCI_POINTERS } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import { describe, expect, test } from 'vitest';
import { checkEngine, ENGINE_LIMITS, type EngineLimits } from '../src/engine/engine.ts';
import { readSavedImage } from '../src/engine/saved-image.ts';
import { digestOf } from '../src/image/store.ts';
import { parseImageName } from '../src/image-name.ts';
import type { GhcrPlan } from '../src/index.ts';
import { planImage } from '../src/plan.ts';
import { fromDockerfile } from '../src/source/dockerfile.ts';
import {
  type Answers,
  built,
  type FakeEngine,
  fakeEngine,
  IMAGE_ID,
  json,
  notFound,
  upgraded,
  withoutLogin,
} from './fake-engine.ts';
import { release, step } from './release.ts';

const LAYER = Buffer.from('the bytes of a layer');
const IMAGE = `/images/${IMAGE_ID}`;
const plan: GhcrPlan = planImage(release(), {
  image: parseImageName('ghcr.io/o/r'),
  registry: 'https://ghcr.io',
  labels: {},
  movingTags: OCI_POINTERS,
});

/** What `docker save` writes, of one layer that is listed twice. */
async function archive(layer: Uint8Array, diffId = digestOf(LAYER)): Promise<Buffer> {
  const manifest = [{ Config: 'config.json', Layers: ['layer.tar', 'layer.tar'] }];
  const config = { config: { Labels: plan.labels }, rootfs: { diff_ids: [diffId, diffId] } };
  const entries = [
    { path: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
    { path: 'config.json', content: Buffer.from(JSON.stringify(config)) },
    { path: 'layer.tar', content: layer },
  ];
  return Buffer.from(await packTar(entries));
}

const stepWith = async (signal: AbortSignal): Promise<Step> => ({
  ...(await step({ Dockerfile: 'FROM scratch\n' })),
  signal,
});
const sent =
  (body: Uint8Array): Answers[string] =>
  (_request, response) =>
    void response.end(body);

async function build(
  fake: FakeEngine,
  one: Step,
  limits?: Partial<EngineLimits>,
): Promise<unknown> {
  const source = fromDockerfile({
    directory: '',
    file: 'Dockerfile',
    allow: [],
    env: {},
    otherRegistry: () => withoutLogin(),
    docker: () => fake.engine,
    limits: { ...ENGINE_LIMITS, ...limits },
  });
  return source.build(plan, one, withoutLogin());
}

describe('a saved image', () => {
  test.each([
    ['plain', LAYER, 'application/vnd.oci.image.layer.v1.tar+gzip'],
    ['gzip', gzipSync(LAYER), 'application/vnd.oci.image.layer.v1.tar+gzip'],
    ['zstd', zstdCompressSync(LAYER), 'application/vnd.oci.image.layer.v1.tar+zstd'],
  ])(
    'of %s layers is read, and every layer is the one that the config names',
    async (name, layer, mediaType) => {
      const { workspace, signal } = await step();
      const saved = await readSavedImage(Readable.from([await archive(layer)]), workspace, signal);
      expect(saved.layers.map((blob) => blob.mediaType)).toEqual([mediaType, mediaType]);
      const bytes = await readFile(saved.layers[0]?.path ?? '');
      expect(digestOf(bytes)).toBe(saved.layers[0]?.digest);
      if (name === 'plain') expect(gunzipSync(bytes)).toEqual(LAYER);
      else expect(bytes).toEqual(layer);
      const other = archive(layer, digestOf(Buffer.from('another')));
      await expect(
        readSavedImage(Readable.from([await other]), (await step()).workspace, signal),
      ).rejects.toThrow(/^a layer is not the sha256:/);
    },
  );
});

describe('Docker Engine', () => {
  const complete = async (): Promise<Answers> => ({
    'POST /session': upgraded,
    'POST /build': built,
    [`GET ${IMAGE}/get`]: sent(await archive(LAYER)),
    [`GET ${IMAGE}/json`]: json({ RepoTags: [] }),
    [`DELETE ${IMAGE}`]: json([]),
  });

  test('builds, saves and forgets an image', async () => {
    await using fake = await fakeEngine(await complete());
    expect(await build(fake, await stepWith(new AbortController().signal))).toMatchObject({
      value: { blobs: [{}, {}] },
    });
    expect(fake.seen).toEqual([
      'POST /session',
      'POST /build',
      `GET ${IMAGE}/get`,
      `GET ${IMAGE}/json`,
      `DELETE ${IMAGE}`,
    ]);
    await expect.poll(() => fake.sessions()).toBe(0);
  });

  test('forgets the image also when its archive cannot be read', async () => {
    const broken = (await archive(gzipSync(LAYER))).subarray(0, 2000);
    await using fake = await fakeEngine({
      ...(await complete()),
      [`GET ${IMAGE}/get`]: sent(broken),
    });
    const result = await build(fake, await stepWith(new AbortController().signal));
    expect(result).toMatchObject({ problems: [{ code: 'ghcr-build-failed' }] });
    expect(fake.seen.at(-1)).toBe(`DELETE ${IMAGE}`);
  });

  test('that refuses to build leaves no session open', async () => {
    const refuses: Answers[string] = (_request, response) =>
      void response.writeHead(500).end('{"message":"no space"}');
    await using fake = await fakeEngine({ ...(await complete()), 'POST /build': refuses });
    const result = await build(fake, await stepWith(new AbortController().signal));
    expect(result).toMatchObject({
      problems: [
        {
          code: 'ghcr-build-failed',
          message: expect.stringContaining('no space') as string,
        },
      ],
    });
    await expect.poll(() => fake.sessions()).toBe(0);
  });

  test('leaves an image that has a tag', async () => {
    await using fake = await fakeEngine({
      ...(await complete()),
      [`GET ${IMAGE}/json`]: json({ RepoTags: ['mine:latest'] }),
    });
    await build(fake, await stepWith(new AbortController().signal));
    expect(fake.seen.at(-1)).toBe(`GET ${IMAGE}/json`);
  });

  test.each([
    'POST /session',
    'POST /build',
    `GET ${IMAGE}/get`,
    `GET ${IMAGE}/json`,
    `DELETE ${IMAGE}`,
  ])('that does not answer %s: an abort ends it', async (silent) => {
    const { [silent]: _silent, ...answers } = await complete();
    await using fake = await fakeEngine(answers);
    const abort = new AbortController();
    const result = build(fake, await stepWith(abort.signal)).catch((error: unknown) => error);
    await expect.poll(() => fake.seen.at(-1)).toBe(silent);
    abort.abort(new Error('cancelled'));
    // Once the image is handed out there is nothing left to cancel but its removal.
    expect(await result).toMatchObject(
      silent.startsWith('POST') || silent.endsWith('get')
        ? { message: 'cancelled' }
        : { value: {} },
    );
    await expect.poll(() => fake.sessions()).toBe(0);
  });

  test('that stops in the middle of its answer: an abort ends it', async () => {
    const half = (await archive(LAYER)).subarray(0, 1000);
    await using fake = await fakeEngine({
      ...(await complete()),
      [`GET ${IMAGE}/get`]: (_request, response) => void response.write(half),
    });
    const abort = new AbortController();
    const result = build(fake, await stepWith(abort.signal));
    await expect.poll(() => fake.seen.at(-1)).toBe(`GET ${IMAGE}/get`);
    abort.abort(new Error('cancelled'));
    await expect(result).rejects.toThrow('cancelled');
  });

  test('that never ends a build or a removal is stopped after its time', async () => {
    await using slow = await fakeEngine({});
    expect(
      await build(slow, await stepWith(new AbortController().signal), { build: 100 }),
    ).toMatchObject({
      problems: [{ code: 'ghcr-build-timeout', rerun: 'safe' }],
    });
    const { [`DELETE ${IMAGE}`]: _never, ...answers } = await complete();
    await using fake = await fakeEngine(answers);
    expect(
      await build(fake, await stepWith(new AbortController().signal), { removal: 100 }),
    ).toMatchObject({ value: {} });
  });

  test.each([
    ['with BuildKit', upgraded, []],
    ['without it, as Podman', notFound, [{ code: 'ghcr-no-buildkit', kind: 'incomplete' }]],
  ])('is asked whether it is one: %s', async (_name, session, problems) => {
    await using fake = await fakeEngine({ 'GET /_ping': sent(LAYER), 'POST /session': session });
    const one = await stepWith(new AbortController().signal);
    const connect = async (): Promise<Dockerode> => fake.engine;
    expect(await checkEngine(connect, one, ENGINE_LIMITS)).toMatchObject(problems);
    await expect.poll(() => fake.sessions()).toBe(0);
  });

  test('that accepts a connection and sends nothing is reported, and an abort ends the check', async () => {
    await using fake = await fakeEngine({});
    const connect = () => Promise.resolve(fake.engine);
    expect(
      await checkEngine(connect, await stepWith(new AbortController().signal), {
        ...ENGINE_LIMITS,
        ping: 100,
      }),
    ).toMatchObject([
      { code: 'ghcr-no-engine', message: 'Docker Engine does not answer: nothing within 100 ms' },
    ]);
    const abort = new AbortController();
    const asked = checkEngine(connect, await stepWith(abort.signal), ENGINE_LIMITS);
    abort.abort(new Error('cancelled'));
    await expect(asked).rejects.toThrow('cancelled');
  });
});
