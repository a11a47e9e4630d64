import {
  type FaultSubject,
  type RecordingProxyOptions,
  startOciRegistry,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { literalCommit, openRun } from '@ameide/publisher-kit/testing';
import {
  type ArtifactContents,
  type ContentFile,
  formatCoordinate,
  ok,
  type Problem,
  type Rehearsal,
} from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OCI_INDEX } from '../src/image/media-types.ts';
import { digestOf } from '../src/image/store.ts';
import { type GhcrDefinition, ghcr } from '../src/index.ts';
import { highestBefore } from '../src/rehearse/published.ts';
import { withoutNetwork } from './engine-with.ts';
import { type Run, run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, release, SHA } from './release.ts';

type Answer = ReturnType<NonNullable<RecordingProxyOptions['fault']>>;

const FILES = {
  'sdk/same.txt': 'the same',
  'sdk/removed.txt': 'only before',
  'sdk/tool.sh': '#!/bin/sh\n',
  'sdk/link': { link: 'same.txt' },
};
const { 'sdk/removed.txt': _removed, ...LATER } = { ...FILES, 'sdk/lib/added.txt': 'only now' };

async function world(fault?: (request: FaultSubject) => Answer): Promise<World> {
  const made = await worldOf(
    await startOciRegistry(),
    fault === undefined ? {} : { fault: (request) => fault(request) },
  );
  onTestFinished(async () => made[Symbol.asyncDispose]());
  return made;
}

async function rehearse({ built, plan, publisher, step }: Run): Promise<Rehearsal> {
  return publisher.rehearse(plan, built, step);
}

async function published(one: Run, relation?: Parameters<Run['promote']>[0]): Promise<void> {
  await one.publish();
  await one.promote(relation);
}

/** One version's only image. */
function only(contents: readonly ArtifactContents[] | undefined): ArtifactContents {
  if (contents?.length !== 1 || contents[0] === undefined) throw new Error('not one image');
  return contents[0];
}

function byPath({ files }: ArtifactContents): Readonly<Record<string, ContentFile>> {
  return Object.fromEntries(files.map((file) => [file.path, file]));
}

function nameOf({ coordinate }: ArtifactContents): string {
  return formatCoordinate(coordinate).replace(/.*sdk:/, '');
}

test('before anything is published, it lists what was built', async () => {
  const there = await world();
  const one = await run(there, {}, {}, FILES);
  const rehearsed = await rehearse(one);
  expect(rehearsed.published).toEqual(ok([]));
  const built = only(rehearsed.built);
  expect(built).toMatchObject({
    part: 'image linux/amd64',
    coordinate: { ecosystem: 'oci', name: there.image, version: SHA },
    digest: one.built.manifest.digest,
  });
  const [manifest = '', config = ''] = built.manifest.split('\n\n');
  expect(JSON.parse(manifest)).toMatchObject({
    annotations: { 'org.opencontainers.image.revision': SHA },
  });
  expect(JSON.parse(config)).toMatchObject({ architecture: 'amd64', history: [{}] });
  expect(built.manifest).toContain('\n  "config": {\n');
  const files = byPath(built);
  expect(Object.keys(files).toSorted()).toEqual([
    'index.js',
    'link',
    'removed.txt',
    'same.txt',
    'tool.sh',
  ]);
  expect(files['link']).toMatchObject({ kind: 'symlink', size: 8 });
  expect(files['same.txt']).toEqual({
    path: 'same.txt',
    size: 8,
    digest: digestOf(Buffer.from('the same')),
  });
});

test('it lists what the first pointer names, by paths that are the same', async () => {
  const there = await world();
  await published(await run(there, { sha: OTHER }, {}, FILES));
  there.proxy.clear();
  const build = ['chmod', '755', 'tool.sh'] as const;
  const rehearsed = await rehearse(await run(there, {}, { build }, LATER));
  const before = only(rehearsed.published.value);
  expect([before.part, nameOf(before)]).toEqual(['image linux/amd64', 'dev']);
  expect(there.proxy.mutating()).toEqual([]);
  const [was, is] = [byPath(before), byPath(only(rehearsed.built))];
  const paths = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  expect(Object.fromEntries(paths.map((path) => [path, change(was[path], is[path])]))).toEqual({
    'index.js': 'other bytes',
    'lib/added.txt': 'added',
    link: 'equal',
    'removed.txt': 'removed',
    'same.txt': 'equal',
    'tool.sh': 'undefined, then executable',
  });
});

function change(was: ContentFile | undefined, is: ContentFile | undefined): string {
  if (was === undefined || is === undefined) return is === undefined ? 'removed' : 'added';
  if (was.digest !== is.digest) return 'other bytes';
  return was.kind === is.kind ? 'equal' : `${was.kind}, then ${is.kind}`;
}

test.each(['dev', 'release', 'candidate'] as const)(
  'this very version (%s) is equal, and no layer is downloaded',
  async (channel) => {
    const there = await world();
    await published(await run(there, { sha: OTHER, datetime: '20240101000000' }));
    const one = await run(there, { channel }, {}, FILES);
    await published(one, () => 'ancestor');
    there.proxy.clear();
    const { built, published: found } = await rehearse(one);
    const tag = { dev: SHA, release: '0.1.0', candidate: '0.1.0-rc.1' }[channel];
    expect(found.value?.map(nameOf)).toEqual([tag]);
    expect(found.value).toEqual(
      built.map((image) => ({ ...image, coordinate: { ...image.coordinate, version: tag } })),
    );
    const layer = one.built.blobs[1];
    expect(byPath(only(built)), 'the only layer is no base').toHaveProperty(['link']);
    expect(there.proxy.requests.filter(({ path }) => path.includes(`${layer?.digest}`))).toEqual(
      [],
    );
  },
);

test('a release without a pointer is compared with the release before it', async () => {
  const there = await world();
  const options = { movingTags: { release: null } };
  const shaOf = (digit: number): string => `${digit}`.repeat(40);
  for (const [digit, base, channel] of [
    [1, '0.0.9', 'release'],
    [2, '0.0.10', 'release'],
    [3, '0.2.0', 'release'],
    [4, '0.1.0', 'candidate'],
  ] as const)
    await published(await run(there, { sha: shaOf(digit), base, channel }, options));
  const rehearsed = await rehearse(await run(there, { channel: 'release' }, options));
  expect(rehearsed.published.value?.map(nameOf)).toEqual(['0.0.10']);
});

test('a fix of an older line is compared with that line, whatever latest names', async () => {
  const there = await world();
  const options = { movingTags: { release: 'latest' } };
  for (const [digit, base] of [
    ['1', '0.0.9'],
    ['3', '0.2.0'],
  ] as const) {
    const sha = digit.repeat(40);
    const made = await run(there, { sha, base, channel: 'release' }, options);
    await published(made);
    await made.promote();
  }
  const rehearsed = await rehearse(await run(there, { channel: 'release' }, options));
  expect(rehearsed.published.value?.map(nameOf)).toEqual(['0.0.9']);
  const next = { sha: '4'.repeat(40), base: '0.3.0', channel: 'release' } as const;
  const higher = await rehearse(await run(there, next, options));
  expect(higher.published.value?.map(nameOf)).toEqual(['latest']);
});

test.each([
  ['0.1.0', '0.0.10'],
  ['0.0.10', '0.0.9'],
  ['0.0.9', undefined],
  ['0.1.0-rc.10', '0.1.0-rc.2'],
  ['0.1.0-rc.2', '0.0.10'],
  ['0.1.1-rc.1', '0.1.0'],
  ['0.1.1-dev.20251113153211+g71e210b', '0.1.0'],
  ['0.1.0-dev.20251113153211+g71e210b', '0.0.10'],
])('before %s comes %s', (version, before) => {
  const tags = ['0.0.9', '0.0.10', '0.1.0', '0.1.0-rc.2', '0.1.0-rc.10', '0.2.0'];
  const others = ['0.0', 'latest', 'v0.0.99', '0.0.99-alpine', SHA];
  expect(highestBefore(version, [...others, ...tags])).toBe(before);
});

test('each platform is a part, whether an index names it or not', async () => {
  const there = await world();
  await published(await run(there, { sha: OTHER }, { platform: 'linux/arm64/v8' }));
  const rehearsed = await rehearse(
    await run(there, {}, { platform: ['linux/arm/v7', 'linux/arm64'] }),
  );
  expect(rehearsed.built.map(({ part }) => part)).toEqual([
    'image linux/arm/v7',
    'image linux/arm64',
  ]);
  expect(rehearsed.built.map(({ digest }) => digest)).toHaveLength(2);
  expect(rehearsed.published.value?.map(({ part }) => part)).toEqual(['image linux/arm64']);
});

test('a bundle is listed by its paths in the image, and what was loaded as what was built', async () => {
  const there = await world();
  const { files: _files, image, ...options } = there.options();
  const content = (text: string) => async () =>
    ok([{ path: 'a.json', content: Buffer.from(text), executable: true }]);
  const open = async (sha: string, text: string) => {
    const carrier = ghcr.bundle(image, { ...options, path: '/etc/ameide' });
    const bundle = { name: 'configuration', files: content(text) };
    const definition = { label: '', open: (tree) => carrier.open(tree, bundle) } as GhcrDefinition;
    const one = await openRun(definition, literalCommit({}, { release: release({ sha }) }));
    onTestFinished(async () => one[Symbol.asyncDispose]());
    return one;
  };
  const before = await open(OTHER, '{}');
  await before.publisher.publish(before.plan, await before.build(), before.step);
  await before.publisher.promote(before.plan, before.step);
  const { build, plan, publisher, step } = await open(SHA, '[1]');
  const built = await build();
  const rehearsed = await publisher.rehearse(plan, built, step);
  const executable = { path: 'etc/ameide/a.json', kind: 'executable' };
  expect(only(rehearsed.built).files).toMatchObject([{ ...executable, size: 3 }]);
  expect(only(rehearsed.published.value).files).toMatchObject([{ ...executable, size: 2 }]);
  await publisher.save(built, `${step.workspace}/saved`, step);
  const loaded = await publisher.load(plan, `${step.workspace}/saved`, step);
  if (loaded.value === undefined) throw new Error(loaded.problems[0].message);
  expect(await publisher.rehearse(plan, loaded.value, step)).toEqual(rehearsed);
});

describe('a registry that does not answer as it should', () => {
  const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'no' }] });
  const isTag = ({ path }: FaultSubject): boolean => /\/manifests\/(?!sha256)/.test(path);
  const isTags = ({ path }: FaultSubject): boolean => path.includes('/tags/list');
  const isBlob = ({ method, path }: FaultSubject): boolean =>
    method === 'GET' && path.includes('/blobs/sha256');

  /** What comes of answers that begin when `OTHER` is published. */
  async function rehearsed(
    isMeant: (request: FaultSubject) => boolean,
    answer: Answer,
    options: Parameters<typeof run>[2] = {},
  ): Promise<{ readonly one: Run; readonly problem: Problem | undefined }> {
    let begun = false;
    const there = await world((request) => (begun && isMeant(request) ? answer : undefined));
    await published(await run(there, { sha: OTHER }, options, FILES));
    const one = await run(there, {}, options, FILES);
    begun = true;
    const { built, published: found } = await rehearse(one);
    expect(byPath(only(built)), 'what was built is listed all the same').toHaveProperty(['link']);
    return { one, problem: found.problems?.[0] };
  }

  test.each<[string, Answer, object]>([
    ['401', { kind: 'status', status: 401, body }, { kind: 'authentication' }],
    ['403', { kind: 'status', status: 403, body }, { kind: 'authentication' }],
    ['500', { kind: 'status', status: 500 }, { code: 'ghcr-unavailable' }],
    ['a page', { kind: 'status', status: 404, headers: { 'content-type': 'text/html' } }, {}],
    ['garbage', { kind: 'status', status: 200, body: 'hello' }, { code: 'ghcr-malformed' }],
    ['no answer', { kind: 'reset' }, { code: 'ghcr-network' }],
  ])('%s is unknown, as in inspect', async (_name, answer, expected) => {
    const { one, problem } = await rehearsed(
      (request) => isTag(request) || isTags(request),
      answer,
    );
    expect(problem).toMatchObject(expected);
    const [finding] = await one.publisher.inspect({ plan: one.plan }, one.step);
    expect(finding?.state).toBe('unknown');
    const { code, kind } = problem ?? {};
    expect(finding?.problem).toMatchObject({ code, kind });
  });

  test('tags that are not listed are unknown', async () => {
    const answer = { kind: 'status', status: 500 } as const;
    const { problem } = await rehearsed(isTags, answer, { movingTags: { dev: null } });
    expect(problem).toMatchObject({ code: 'ghcr-unavailable' });
  });

  test.each<[string, Answer, string]>([
    ['other bytes', { kind: 'status', status: 200, body: '{}' }, 'ghcr-digest-mismatch'],
    ['404', { kind: 'status', status: 404, body: '{}' }, 'ghcr-image-incomplete'],
    ['403', { kind: 'status', status: 403, body: '{}' }, 'ghcr-forbidden'],
  ])('a config or a layer: %s', async (_name, answer, code) => {
    expect((await rehearsed(isBlob, answer)).problem).toMatchObject({ code });
    let blobs = 0;
    const isLayer = (request: FaultSubject): boolean => isBlob(request) && ++blobs > 1;
    expect((await rehearsed(isLayer, answer)).problem).toMatchObject({ code });
  });
});

describe('an index', () => {
  const BOTH = { platform: ['linux/amd64', 'linux/arm64'] };

  async function rehearsed(answer: Answer): Promise<Problem | undefined> {
    let begun = false;
    const there = await world(({ method, path }) =>
      begun && method === 'GET' && path.includes('/manifests/sha256') ? answer : undefined,
    );
    await published(await run(there, { sha: OTHER }, BOTH));
    const one = await run(there, {}, BOTH);
    begun = true;
    return (await rehearse(one)).published.problems?.[0];
  }

  test('that names what is not there is a problem', async () => {
    expect(await rehearsed({ kind: 'status', status: 404, body: '{}' })).toMatchObject({
      code: 'ghcr-image-incomplete',
      kind: 'incomplete',
    });
  });

  test('of other bytes than it names is a problem', async () => {
    const body = '{"schemaVersion":2}';
    expect(await rehearsed({ kind: 'status', status: 200, body })).toMatchObject({
      code: 'ghcr-digest-mismatch',
    });
  });

  const image = { mediaType: OCI_INDEX, digest: `sha256:${'a'.repeat(64)}`, size: 1 };
  test.each([
    ['that names too much', Array.from({ length: 101 }, () => image), 'more than 100 images'],
    ['that names what has no digest', [{ ...image, digest: 'a' }], 'does not say what it names'],
  ])('%s is a problem', async (_name, manifests, message) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
    const there = await world(({ method, path }) =>
      method === 'GET' && path.endsWith('/manifests/dev')
        ? { kind: 'status', status: 200, body }
        : undefined,
    );
    expect((await rehearse(await run(there))).published.problems).toMatchObject([
      { code: 'ghcr-malformed', message: expect.stringContaining(message) as string },
    ]);
  });
});

test('a manifest of another kind is no image', async () => {
  for (const root of [{ schemaVersion: 1 }, { schemaVersion: 2, config: { digest: 'a' } }]) {
    const there = await world(({ path }) =>
      path.endsWith('/manifests/dev')
        ? { kind: 'status', status: 200, body: JSON.stringify(root) }
        : undefined,
    );
    expect((await rehearse(await run(there))).published.problems).toMatchObject([
      { code: 'ghcr-malformed' },
    ]);
  }
});
needs('docker-engine')('an image from a Dockerfile', () => {
  test('is compared without the layers that did not change', async () => {
    const there = await world();
    const { files: _files, ...options } = there.options({
      dockerfile: { directory: 'image' },
      ports: { docker: withoutNetwork },
    });
    const open = async (sha: string, datetime: string, files: Readonly<Record<string, string>>) => {
      const commit = literalCommit(files, { release: release({ sha, datetime }) });
      const one = await openRun(ghcr(options), commit);
      onTestFinished(async () => one[Symbol.asyncDispose]());
      return one;
    };
    const base = await run(there, { sha: '1'.repeat(40) }, { platform: 'linux/amd64' }, FILES);
    await published(base);
    const Dockerfile = `FROM ${there.image}:${'1'.repeat(40)}\nCOPY app /app\n`;
    const from = (text: string) => ({ 'image/Dockerfile': Dockerfile, 'image/app/a.txt': text });
    const before = await open(OTHER, '20251113153211', from('before'));
    await before.publisher.publish(before.plan, await before.build(), before.step);
    await before.publisher.promote(before.plan, {
      ...before.step,
      history: { relation: async () => 'ancestor' },
    });
    const now = await open(SHA, '20251113153212', from('now, and longer'));
    there.proxy.clear();
    const rehearsed = await now.publisher.rehearse(now.plan, await now.build(), now.step);
    const layer = base.built.blobs[1];
    for (const [contents, size] of [
      [rehearsed.published.value, 6],
      [rehearsed.built, 15],
    ] as const) {
      const files = byPath(only(contents));
      expect(Object.keys(files).toSorted()).toEqual([`(layer ${layer?.digest})`, 'app/a.txt']);
      expect(files['app/a.txt']).toMatchObject({ size });
    }
    expect(rehearsed.built[0]?.manifest).toContain('COPY app /app');
    expect(rehearsed.published.value?.map(nameOf)).toEqual(['dev']);
  });
});
