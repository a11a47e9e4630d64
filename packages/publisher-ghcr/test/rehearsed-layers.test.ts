import { gzipSync, zstdCompressSync } from 'node:zlib';
import { startOciRegistry } from '@ameide/local-registries';
import { createHttp, Secret } from '@ameide/publisher-kit';
import {
  type ArtifactContents,
  type ContentFile,
  ok,
  type Rehearsal,
} from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { digestOf } from '../src/image/store.ts';
import { ghcr } from '../src/index.ts';
import { RegistryClient } from '../src/registry/client.ts';
import { Session } from '../src/registry/session.ts';
import { pathInImage, stackLayers } from '../src/rehearse/layers.ts';
import { rehearseImage } from '../src/rehearse/rehearse.ts';
import { type HandImage, type HandLayer, imageOf, push, tarOf } from './image-by-hand.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, step, tree } from './release.ts';

type Files = Readonly<Record<string, string | null>>;

const DOCKER_GZIP = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const OCI_TAR = 'application/vnd.oci.image.layer.v1.tar';
const FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';

const gzip = async (files: Files, mediaType?: string): Promise<HandLayer> => ({
  bytes: gzipSync(await tarOf(files)),
  ...(mediaType === undefined ? {} : { mediaType }),
});

interface Compared extends Rehearsal {
  readonly world: World;
}

/** Pushes one version by hand, and compares another with it. */
async function compare(
  built: readonly HandImage[],
  published: readonly HandImage[],
  largest?: number,
): Promise<Compared> {
  const world = await worldOf(await startOciRegistry());
  onTestFinished(async () => world[Symbol.asyncDispose]());
  await push(world, 'dev', await imageOf(...published));
  const { user, password } = world.registry;
  const login = async () => ok({ user, password: new Secret(password) });
  const origin = world.proxy.url;
  const session = new Session({ origin, repository: 'ameideio/sdk', http: createHttp(), login });
  const client = new RegistryClient(session, 'ameideio/sdk', world.image);
  const publisher = await ghcr(world.options()).open(tree());
  const plan = publisher.plan(release());
  const rehearsal = await rehearseImage(
    client,
    plan,
    await imageOf(...built),
    await step(),
    largest,
  );
  return { ...rehearsal, world };
}

function pathsOf(contents: readonly ArtifactContents[] | undefined): readonly string[] {
  const files = contents?.flatMap(({ files, part }) => files.map(({ path }) => `${part}: ${path}`));
  return (files ?? []).map((path) => path.replace('image linux/amd64: ', '')).toSorted();
}

const shown = ({ bytes }: HandLayer): string => `(layer ${digestOf(bytes)})`;

test('a layer that both have is one entry, and is not read', async () => {
  const base = await gzip({ 'etc/os-release': 'debian', 'bin/sh': 'sh' });
  const { built, published, world } = await compare(
    [{ layers: [base, await gzip({ 'app/a': '1', 'app/b': '1', 'etc/.wh.motd': null })] }],
    [{ layers: [base, await gzip({ 'app/a': '2', 'app/c': '2' }, DOCKER_GZIP)] }],
  );
  expect(pathsOf(built)).toEqual([shown(base), 'app/a', 'app/b', 'etc/.wh.motd']);
  expect(pathsOf(published.value)).toEqual([shown(base), 'app/a', 'app/c']);
  const [ours, theirs] = [built, published.value].map((one) => one?.[0]?.files[0]);
  expect(ours).toEqual({
    path: shown(base),
    size: base.bytes.length,
    digest: digestOf(base.bytes),
  });
  expect(theirs).toEqual(ours);
  const asked = world.proxy.requests.map(({ path }) => path);
  expect(asked.filter((path) => path.includes(digestOf(base.bytes)))).toEqual([]);
});

test('the only layer of one image is listed by its files in both, and is not downloaded', async () => {
  const [only, more] = [await gzip({ a: '1', b: '1' }), await gzip({ b: '2', c: '1' })];
  const { built, published, world } = await compare(
    [{ layers: [only] }],
    [{ layers: [only, more] }],
  );
  expect(pathsOf(built)).toEqual(['a', 'b']);
  expect(pathsOf(published.value)).toEqual(['a', 'b', 'c']);
  const asked = world.proxy.requests.map(({ path }) => path);
  expect(asked.filter((path) => path.includes(digestOf(only.bytes)))).toEqual([]);
});

test('layers are gzip, zstd in any number of frames, or plain, whatever their type says', async () => {
  const tar = await tarOf({ 'in/two/frames': '1', z: '1' });
  const frames = [tar.subarray(0, 700), tar.subarray(700)].map((part) => zstdCompressSync(part));
  const images = [
    {
      layers: [
        { bytes: Buffer.concat(frames), mediaType: `${OCI_TAR}+zstd` },
        { bytes: await tarOf({ plain: '1' }), mediaType: OCI_TAR },
        { bytes: zstdCompressSync(await tarOf({ one: '1' })) },
      ],
    },
  ];
  const { built, published } = await compare(images, [{ layers: [await gzip({ a: 'a' })] }]);
  expect(pathsOf(built)).toEqual(['in/two/frames', 'one', 'plain', 'z']);
  expect(pathsOf(published.value)).toEqual(['a']);
  const other = await compare([{ layers: [await gzip({ a: 'a' })] }], images);
  expect(pathsOf(other.published.value)).toEqual(pathsOf(built));
});

test('a layer above the limit is one entry on both sides, and is not read', async () => {
  const large = async (letter: string): Promise<HandLayer> => ({
    bytes: await tarOf({ large: letter.repeat(3000) }),
    mediaType: OCI_TAR,
  });
  const [ours, theirs] = [await large('a'), await large('b')];
  const [small, smaller] = [await gzip({ a: '1' }), await gzip({ a: '2' })];
  const { built, published, world } = await compare(
    [{ layers: [ours, small] }],
    [{ layers: [theirs, smaller] }],
    1000,
  );
  expect(pathsOf(built)).toEqual([shown(ours), 'a']);
  expect(pathsOf(published.value)).toEqual([shown(theirs), 'a']);
  const asked = world.proxy.requests.map(({ path }) => path);
  expect(asked.filter((path) => path.includes(digestOf(theirs.bytes)))).toEqual([]);
});

test('a layer that unpacks to more than a gibibyte is one entry, and no problem', async () => {
  const header = Buffer.from(await tarOf({ sparse: '' })).subarray(0, 512);
  // The size of a file of 2 GiB, in octal, and the header's sum with it.
  header.write('20000000000\0', 124, 'latin1');
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const zeros = gzipSync(Buffer.alloc(2 ** 26));
  const layer = {
    bytes: Buffer.concat([gzipSync(header), ...Array.from({ length: 17 }, () => zeros)]),
  };
  const { published } = await compare([{ layers: [await gzip({ a: '' })] }], [{ layers: [layer] }]);
  expect(pathsOf(published.value)).toEqual([shown(layer)]);
}, 30_000);

test('what is no layer of an image is one entry', async () => {
  const foreign = await gzip({ windows: '' }, FOREIGN);
  const chart = {
    bytes: Buffer.from('chart'),
    mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  };
  const file = { bytes: Buffer.from('a file'), mediaType: OCI_TAR };
  const { built, published } = await compare(
    [{ layers: [foreign, await gzip({ a: 'a' })] }],
    [{ layers: [chart, file], config: {}, configType: 'application/vnd.oci.empty.v1+json' }],
  );
  expect(pathsOf(built)).toEqual([shown(foreign), 'a']);
  expect(pathsOf(published.value)).toEqual(
    [chart, file].map((layer) => `artifact: ${shown(layer)}`).toSorted(),
  );
});

test('parts are the platforms of the configs, each once, without attestations', async () => {
  const config = (architecture: string, os = 'linux') => ({ architecture, os });
  const image = async (config: object, path: string) => ({
    config,
    layers: [await gzip({ [path]: '' })],
  });
  const { published } = await compare(
    [await image(config('amd64'), 'a')],
    [
      await image({ ...config('arm64'), variant: 'v8' }, 'a'),
      await image(config('amd64', 'windows'), 'b'),
      await image(config('amd64', 'windows'), 'c'),
      await image({}, 'd'),
      { ...(await image({}, 'e')), isAttestation: true },
    ],
  );
  expect(pathsOf(published.value)).toEqual([
    'image linux/arm64: a',
    'image windows/amd64 (2): c',
    'image windows/amd64: b',
    'image: d',
  ]);
});

describe('a layer that cannot be read', () => {
  const readable = async (): Promise<HandImage> => ({ layers: [await gzip({ a: 'a' })] });

  test.each([
    ['no tar archive', Buffer.from('hello'.repeat(1000)), /no readable tar archive/],
    ['half of it', gzipSync(Buffer.alloc(5000, 'a')).subarray(0, 20), /no readable gzip file/],
  ])('is a problem if it is published: %s', async (_name, bytes, message) => {
    const { built, published } = await compare([await readable()], [{ layers: [{ bytes }] }]);
    expect(pathsOf(built)).toEqual(['a']);
    expect(published.problems).toMatchObject([
      {
        code: 'ghcr-layer-unreadable',
        kind: 'incomplete',
        message: expect.stringMatching(message) as string,
      },
    ]);
  });

  test('is an entry that says so if it was built', async () => {
    const bytes = Buffer.from('hello'.repeat(1000));
    const { built } = await compare([{ layers: [{ bytes }] }], [await readable()]);
    expect(pathsOf(built)).toEqual([`(unreadable layer ${digestOf(bytes)})`]);
  });
});

describe('layers on each other', () => {
  const list = (...layers: readonly (readonly string[] | 'whole')[]): readonly string[] =>
    stackLayers(
      layers.map((paths, index) => {
        const layer = { digest: `sha256:${index}`, size: 1 };
        if (paths === 'whole') return layer;
        const files = paths.map((path): ContentFile => ({ path, size: index, digest: `${index}` }));
        return { ...layer, files };
      }),
    )
      .map(({ digest, path }) => `${path} ${digest.replace('sha256:', '')}`)
      .toSorted();

  test.each<[string, readonly (readonly string[] | 'whole')[], readonly string[]]>([
    ['later files replace earlier ones', [['a', 'b'], ['a']], ['a 1', 'b 0']],
    ['a whiteout removes a file', [['d/a', 'd/b'], ['d/.wh.a']], ['d/b 0']],
    ['a whiteout removes a folder', [['d/a', 'd/e/b', 'c'], ['.wh.d']], ['c 0']],
    ['but not what its own layer has', [['d/a'], ['.wh.d', 'd/b']], ['d/b 1']],
    [
      'an opaque folder removes what was in it',
      [
        ['d/a', 'd/e/b', 'c'],
        ['d/f', 'd/.wh..wh..opq'],
      ],
      ['c 0', 'd/f 1'],
    ],
    [
      'an opaque root',
      [
        ['a', 'd/b'],
        ['.wh..wh..opq', 'c'],
      ],
      ['c 1'],
    ],
    ['a whiteout of nothing is nothing', [['a'], ['.wh.b', 'd/.wh.c', 'd/.wh..wh..opq']], ['a 0']],
    ['a file replaces a folder', [['d/a', 'd/b'], ['d']], ['d 1']],
    ['a folder replaces a file', [['d'], ['d/a']], ['d/a 1']],
    [
      'clients skip other names of two whiteouts',
      [['a'], ['.wh..wh.plnk/a', '.wh..wh.aufs']],
      ['.wh..wh.plnk/a 1', 'a 0'],
    ],
    [
      'above a whole layer a whiteout may remove something',
      ['whole', ['d/.wh.a', 'd/.wh..wh..opq']],
      ['(layer sha256:0) 0', 'd/.wh..wh..opq 1', 'd/.wh.a 1'],
    ],
    ['below it it does not', [['.wh.a'], 'whole'], ['(layer sha256:1) 1']],
    [
      'also where it removes a listed file, which may have replaced one of the whole layer',
      ['whole', ['a', 'd/b'], ['.wh.a', '.wh.d']],
      ['(layer sha256:0) 0', '.wh.a 2', '.wh.d 2'],
    ],
    [
      'a file is not taken for a layer',
      [['(layer sha256:1)'], 'whole'],
      ['(layer sha256:1) 1', './(layer sha256:1) 0'],
    ],
    ['names of JavaScript', [['__proto__', 'constructor/a'], ['.wh.constructor']], ['__proto__ 0']],
  ])('%s', (_name, layers, expected) => {
    expect(list(...layers)).toEqual(expected.toSorted());
  });

  test('a layer that is there twice is one entry', () => {
    const layer = { digest: 'sha256:0', size: 1 };
    expect(stackLayers([layer, layer])).toHaveLength(1);
  });

  test('a path of any depth is listed', () => {
    const path = `${'a/'.repeat(200_000)}a`;
    expect(stackLayers([{ digest: '', size: 1, files: [{ path, size: 1, digest: '' }] }])).toEqual([
      { path, size: 1, digest: '' },
    ]);
  });
});

test.each([
  ['a/b', 'a/b'],
  ['a//b/./c', 'a/b/c'],
  ['a/../../../b', 'b'],
  ['..', undefined],
  ['', undefined],
])('%j is %j in an image', (path, inside) => {
  expect(pathInImage(path)).toBe(inside);
});
