import { describe, expect, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { release, SHA, tree } from './release.ts';

const publisher = await ghcr({
  image: 'ghcr.io/ameideio/ameide-sdk-ts',
  files: 'sdk',
  ports: { env: {} },
}).open(tree());

describe('plan', () => {
  test('a dev build: the commit as an immutable tag, dev as a pointer', () => {
    expect(publisher.plan(release())).toEqual({
      publisher: 'oci:ghcr.io/ameideio/ameide-sdk-ts',
      registry: 'https://ghcr.io',
      sha: SHA,
      image: 'ghcr.io/ameideio/ameide-sdk-ts',
      version: '0.1.0-dev.20251113153211+g71e210b',
      releaseTag: '0.1.0',
      movingTags: { release: ['X.Y', 'latest'], candidate: null, dev: 'dev', byHand: null },
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

  test('moving tags by policy: several, none, with numbers', async () => {
    const movingTags = { release: ['latest', 'X', 'line-X.Y'], dev: null };
    const options = { image: 'ghcr.io/o/r', files: 'sdk', movingTags, ports: { env: {} } };
    const chosen = await ghcr(options).open(tree());
    const tags = (channel: 'release' | 'dev') =>
      chosen.plan(release({ channel })).pointers.map(({ pointer }) => pointer);
    expect([tags('release'), tags('dev')]).toEqual([['latest', '0', 'line-0.1'], []]);
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
      visibleOn: 'promote',
      members: [{ ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts' }],
    });
  });
});

const image = 'ghcr.io/a/b';

test('a directory that the commit lacks is refused when it is opened', async () => {
  await expect(ghcr({ image, files: 'gone' }).open(tree())).rejects.toMatchObject({
    name: 'InvalidInputError',
    field: 'files',
  });
  const dockerfile = { directory: 'image', file: 'Nope' };
  await expect(ghcr({ image, dockerfile }).open(tree())).rejects.toMatchObject({
    field: 'dockerfile.file',
  });
});
