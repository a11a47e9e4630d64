import { describe, expect, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { release, SHA, tree } from './release.ts';

const publisher = await ghcr({
  image: 'ghcr.io/ameideio/ameide-sdk-ts',
  files: 'sdk',
  ports: { env: {} },
}).open(tree());

describe('plan', () => {
  test('a dev build: the commit for ever, dev as a pointer', () => {
    expect(publisher.plan(release())).toEqual({
      publisher: 'oci:ghcr.io/ameideio/ameide-sdk-ts',
      registry: 'https://ghcr.io',
      sha: SHA,
      image: 'ghcr.io/ameideio/ameide-sdk-ts',
      version: '0.1.0-dev.20251113153211+g71e210b',
      created: '2025-11-13T15:32:11Z',
      labels: {
        'org.opencontainers.image.created': '2025-11-13T15:32:11Z',
        'org.opencontainers.image.revision': SHA,
        'org.opencontainers.image.source': 'https://github.com/ameideio/ameide',
        'org.opencontainers.image.title': 'ameide-sdk-ts',
        'org.opencontainers.image.version': '0.1.0-dev.20251113153211+g71e210b',
      },
      coordinates: [{ ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts', version: SHA }],
      pointers: [
        { ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts', pointer: 'dev', version: SHA },
      ],
    });
  });

  test('a release: its version beside the commit; X.Y and latest', () => {
    const plan = publisher.plan(release({ channel: 'release' }));
    expect(plan.coordinates.map(({ version }) => version)).toEqual([SHA, '0.1.0']);
    expect(plan.pointers.map(({ pointer, version }) => [pointer, version])).toEqual([
      ['0.1', '0.1.0'],
      ['latest', '0.1.0'],
    ]);
  });

  test('a candidate moves nothing', () => {
    const plan = publisher.plan(release({ channel: 'candidate' }));
    expect(plan.coordinates.map(({ version }) => version)).toEqual([SHA, '0.1.0-rc.1']);
    expect(plan.pointers).toEqual([]);
  });

  test('is JSON', () => {
    const plan = publisher.plan(release());
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('says what it is', () => {
    expect(publisher).toMatchObject({
      id: 'oci:ghcr.io/ameideio/ameide-sdk-ts',
      visibility: 'dark',
      members: [{ ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts' }],
    });
  });
});

describe('options that cannot be meant are refused at once', () => {
  const image = 'ghcr.io/a/b';
  test.each([
    ['files', { image }],
    ['dockerfile', { image, files: 'a', dockerfile: { directory: 'a' } }],
    ['image', { image: 'b', files: 'a' }],
    ['files', { image, files: '../a' }],
    ['files', { image, files: '/a' }],
    ['path', { image, files: 'a', path: 'opt' }],
    ['path', { image, files: 'a', path: '/opt/../etc' }],
    ['path', { image, dockerfile: { directory: 'a' }, path: '/opt' }],
    ['build', { image, dockerfile: { directory: 'a' }, build: ['make'] as [string] }],
    ['dockerfile.directory', { image, dockerfile: { directory: '../a' } }],
    ['dockerfile.directory', { image, dockerfile: { directory: 'C:/a' } }],
    ['dockerfile.file', { image, dockerfile: { directory: 'a', file: '../Dockerfile' } }],
    ['dockerfile.file', { image, dockerfile: { directory: 'a', file: '.' } }],
    ['files', { image, files: 7 as unknown as string }],
    ['platform', { image, files: 'a', platform: 'amd64' }],
    [
      'labels.org.opencontainers.image.revision',
      { image, files: 'a', labels: { 'org.opencontainers.image.revision': 'x' } },
    ],
    ['registry', { image, files: 'a', registry: 'http://example.org' }],
  ])('%s: %j', (field, options) => {
    expect(() => ghcr(options)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field }),
    );
  });

  test('a directory that the commit lacks is refused when it is opened', async () => {
    const empty = {
      ...tree(),
      treeId: () => Promise.resolve(undefined),
      readText: () => Promise.resolve(undefined),
    };
    await expect(ghcr({ image, files: 'gone' }).open(empty)).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'files',
    });
    await expect(
      ghcr({ image, dockerfile: { directory: '.', file: 'Nope' } }).open(tree()),
    ).resolves.toBeDefined();
    await expect(
      ghcr({ image, dockerfile: { directory: '.', file: 'Nope' } }).open({
        ...tree(),
        readText: () => Promise.resolve(undefined),
      }),
    ).rejects.toMatchObject({ field: 'dockerfile.file' });
  });
});
