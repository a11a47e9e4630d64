import { startOciRegistry } from '@ameide/local-registries';
import { createHttp, type Http } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { mediaTypeOf } from '../src/image/manifest.ts';
import { digestOf } from '../src/image/store.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

const OCI = 'application/vnd.oci.image';
const LABELS = {
  'org.opencontainers.image.revision': SHA,
  'org.opencontainers.image.version': '0.1.0',
};

/** Pushes bytes as a blob, with nothing of the code under test. */
async function blob(
  world: World,
  value: unknown,
): Promise<{ mediaType: string; digest: string; size: number }> {
  const bytes = Buffer.from(JSON.stringify(value));
  const session = await world.fetch('blobs/uploads/', { method: 'POST' });
  const location = new URL(session.headers.get('location') ?? '', world.registry.url);
  location.searchParams.set('digest', digestOf(bytes));
  const put = await world.fetch(
    `${location.pathname}${location.search}`.replace('/v2/ameideio/sdk/', ''),
    { method: 'PUT', body: bytes },
  );
  expect(put.status).toBe(201);
  return { mediaType: `${OCI}.config.v1+json`, digest: digestOf(bytes), size: bytes.length };
}

async function manifest(
  world: World,
  reference: string,
  value: object,
  mediaType = `${OCI}.manifest.v1+json`,
): Promise<{ mediaType: string; digest: string; size: number }> {
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...value });
  const digest = digestOf(Buffer.from(body));
  const target = reference === '' ? digest : reference;
  const put = await world.fetch(`manifests/${target}`, {
    method: 'PUT',
    body,
    headers: { 'content-type': mediaType },
  });
  expect(put.status).toBe(201);
  return { mediaType, digest, size: Buffer.byteLength(body) };
}

async function inspected(world: World, reference = SHA): Promise<unknown> {
  const { publisher, plan } = await run(world);
  const coordinate = { ecosystem: 'oci' as const, name: plan.image, version: reference };
  return [
    ...(await publisher.inspect({ plan }, await step())),
    ...(await publisher.inspect({ coordinate }, await step())),
  ];
}

describe('where an image comes from is read', () => {
  test('from the labels of an image that Docker pushed', async () => {
    await using world = await worldOf(await startOciRegistry());
    const config = await blob(world, { config: { Labels: LABELS } });
    const docker = 'application/vnd.docker.distribution.manifest.v2+json';
    const { digest } = await manifest(
      world,
      SHA,
      {
        config: { ...config, mediaType: 'application/vnd.docker.container.image.v1+json' },
        layers: [],
      },
      docker,
    );
    expect(await inspected(world, digest)).toMatchObject([
      { state: 'same-source', sha: SHA, digest },
      { state: 'same-source', sha: SHA, digest, coordinate: { version: digest } },
    ]);
  });

  test('by a tag that moves, with the digest that it names now', async () => {
    await using world = await worldOf(await startOciRegistry());
    const { publish, promote, built, publisher, plan } = await run(world);
    await publish();
    await promote();
    const asked = async (version: string) => {
      const coordinate = { ecosystem: 'oci' as const, name: plan.image, version };
      return publisher.inspect({ coordinate }, await step());
    };
    const { digest } = built.manifest;
    expect(await asked('dev')).toMatchObject([{ sha: SHA, digest, resolved: digest }]);
    for (const fixed of [SHA, digest]) {
      const [finding] = await asked(fixed);
      expect(finding).toMatchObject({ sha: SHA, digest });
      expect(finding).not.toHaveProperty('resolved');
    }
  });

  test('also where a proxy serves manifests as JSON, and another tag of it can be set', async () => {
    const real = createHttp();
    const http: Http = {
      async request(request) {
        const answer = await real.request(request);
        const headers = new Headers(answer.headers);
        if (request.method === 'GET' && request.url.includes('/manifests/'))
          headers.set('content-type', 'application/json; charset=utf-8');
        return { ...answer, headers };
      },
    };
    await using world = await worldOf(await startOciRegistry());
    const { publish, promote, built } = await run(world, {}, { ports: { http } });
    await publish();
    expect(await promote()).toMatchObject([{ outcome: 'moved' }]);
    expect(await world.tags()).toEqual({
      [SHA]: built.manifest.digest,
      dev: built.manifest.digest,
    });
  });

  test.each([
    [
      'its own',
      { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, config: {} },
      'application/json',
      `${OCI}.index.v1+json`,
    ],
    [
      'the registry’s',
      { schemaVersion: 2, config: {} },
      `${OCI}.manifest.v1+json; charset=utf-8`,
      `${OCI}.manifest.v1+json`,
    ],
    [
      'what it must be',
      { schemaVersion: 2, manifests: [] },
      'application/json',
      `${OCI}.index.v1+json`,
    ],
    ['what it must be', { schemaVersion: 2, config: {} }, null, `${OCI}.manifest.v1+json`],
  ])('the media type of a manifest is %s', (_whose, value, served, expected) => {
    expect(mediaTypeOf(Buffer.from(JSON.stringify(value)), served)).toBe(expected);
  });

  test('from annotations before labels: a base image’s labels are inherited', async () => {
    await using world = await worldOf(await startOciRegistry());
    const config = await blob(world, {
      config: { Labels: { ...LABELS, 'org.opencontainers.image.revision': OTHER } },
    });
    await manifest(world, SHA, { config, layers: [], annotations: LABELS });
    expect(await inspected(world)).toMatchObject([
      { state: 'same-source', sha: SHA },
      { state: 'same-source', sha: SHA },
    ]);
  });

  test('from the first image of an index, attestations passed over', async () => {
    await using world = await worldOf(await startOciRegistry());
    const config = await blob(world, { config: { Labels: LABELS } });
    const [empty, image] = [
      await blob(world, {}),
      await manifest(world, '', { config, layers: [] }),
    ];
    const attestation = await manifest(world, '', { config: empty, layers: [] });
    const manifests = [
      { ...attestation, platform: { os: 'unknown', architecture: 'unknown' } },
      { ...image, platform: { os: 'linux', architecture: 'amd64' } },
    ];
    await manifest(world, SHA, { manifests }, `${OCI}.index.v1+json`);
    expect(await inspected(world)).toMatchObject([
      { state: 'same-source', sha: SHA },
      { state: 'same-source' },
    ]);
  });

  test.each([
    ['another commit', OTHER, { sha: OTHER }],
    ['an abbreviated commit', SHA.slice(0, 7), {}],
    ['something else', 'main', {}],
    ['nothing', undefined, {}],
  ])('%s is a conflict', async (_name, revision, found) => {
    await using world = await worldOf(await startOciRegistry());
    const config = await blob(world, { config: {} });
    await manifest(world, SHA, {
      config,
      layers: [],
      annotations: revision === undefined ? {} : { 'org.opencontainers.image.revision': revision },
    });
    const { publisher, plan, publish } = await run(world);
    const [finding] = await publisher.inspect({ plan }, await step());
    expect(finding).toMatchObject({
      state: 'conflict',
      ...found,
      problem: { code: 'ghcr-tag-conflict', rerun: 'never' },
    });
    world.proxy.clear();
    expect(await publish()).toMatchObject([{ outcome: 'conflict' }]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test.each(['../../etc', 'a b', '', 'sha256:abc', '+x'])(
    'the version %j is refused before any request',
    async (version) => {
      await using world = await worldOf(await startOciRegistry());
      const { publisher } = await run(world);
      const coordinate = { ecosystem: 'oci' as const, name: world.image, version };
      await expect(publisher.inspect({ coordinate }, await step())).rejects.toMatchObject({
        name: 'InvalidInputError',
      });
      await expect(
        publisher.inspect(
          { coordinate: { ...coordinate, version: SHA, name: 'ghcr.io/a/b' } },
          await step(),
        ),
      ).rejects.toMatchObject({
        field: 'coordinate',
      });
      expect(world.proxy.requests).toEqual([]);
    },
  );
});
