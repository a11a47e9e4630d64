import { gzipSync } from 'node:zlib';
import type { Fault } from '@ameide/local-registries';
import { gzip, packTar, sha256Hex, sha512Integrity } from '@ameide/publisher-kit';
import type { ArtifactContents, Rehearsal } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { NEWER, NEWER_VERSION, OLDER, OLDER_VERSION, promote } from './support/promoting.ts';
import { MANIFEST, type Run, type RunOptions, startRun } from './support/publishing.ts';
import { OTHER_REGISTRIES, REGISTRIES, runAt, started } from './support/registries.ts';
import { makeRelease, type ReleaseOptions, releaseChannel } from './support/release.ts';
import { problemsOf, valueOf } from './support/result.ts';
import { type RegistryWorld, testWorld } from './support/world.ts';

const RELEASE: ReleaseOptions = { channel: releaseChannel('0.1.0') };
const { bin: _, ...WITHOUT_BIN } = MANIFEST;

const rehearse = async ({ built, plan, publisher, step }: Run): Promise<Rehearsal> =>
  publisher.rehearse(plan, built, step);

/** The published contents; fails where there is not one artifact. */
async function publishedOf(run: Run): Promise<ArtifactContents> {
  const [published, ...more] = valueOf((await rehearse(run)).published);
  if (published === undefined || more.length > 0) throw new Error('not one artifact');
  return published;
}

async function publish(
  world: RegistryWorld,
  release: ReleaseOptions,
  options: RunOptions = {},
): Promise<Run> {
  const run = await startRun(world, makeRelease(release), options);
  expect(await run.publish()).toMatchObject({ outcome: 'published' });
  await promote(run);
  return run;
}

const byPath = ({ files }: ArtifactContents) => new Map(files.map((file) => [file.path, file]));

describe('what is built', () => {
  test('is listed with its document, and nothing was published before', async () => {
    const world = await testWorld();
    const run = await startRun(world, makeRelease(RELEASE));
    const { built, published } = await rehearse(run);
    expect(built).toMatchObject([
      {
        coordinate: { ecosystem: 'npm', name: '@x/a', version: '0.1.0' },
        part: 'package',
        digest: run.built.artifacts[0]?.digest,
      },
    ]);
    const [contents = { files: [], manifest: '' }] = built;
    expect(contents.files.map(({ path, kind }) => [path, kind])).toEqual([
      ['README.md', undefined],
      ['cli.js', 'executable'],
      ['index.js', undefined],
      ['package.json', undefined],
    ]);
    expect(contents.files.find(({ path }) => path === 'index.js')).toEqual({
      path: 'index.js',
      size: 26,
      digest: `sha256:${sha256Hex('export const answer = 42;\n')}`,
    });
    expect(contents.manifest).toMatch(/^{\n {2}"name": "@x\/a",\n {2}"version": "0.1.0",\n/);
    expect(JSON.parse(contents.manifest)).toMatchObject({ bin: { a: 'cli.js' }, readme: '# a\n' });
    expect(published).toEqual({ value: [] });
    expect(world.writes()).toEqual([]);
  });

  test('is listed without a request, though the registry does not answer', async () => {
    const world = await testWorld();
    const run = await startRun(world, makeRelease(RELEASE));
    world.fault = () => ({ kind: 'reset' });
    const { built, published } = await rehearse(run);
    expect(built).toHaveLength(1);
    expect(problemsOf(published)).toMatchObject([{ code: 'npm-network', kind: 'incomplete' }]);
  });
});

describe('the version to compare with', () => {
  test('has the same files, but for what changed', async () => {
    const world = await testWorld();
    await publish(world, OLDER, {
      files: { 'package.json': WITHOUT_BIN, 'old.js': '', 'README.md': '# before\n' },
    });
    const run = await startRun(world, makeRelease(NEWER), { files: { 'new.js': '' } });
    const rehearsal = await rehearse(run);
    const [built] = rehearsal.built;
    const [published] = valueOf(rehearsal.published);
    if (built === undefined || published === undefined) throw new Error('two are compared');
    expect([published.coordinate.version, published.part]).toEqual([OLDER_VERSION, 'package']);
    const [before, after] = [byPath(published), byPath(built)];
    expect([...before.keys()]).toEqual([
      'README.md',
      'cli.js',
      'index.js',
      'old.js',
      'package.json',
    ]);
    expect([...after.keys()]).toEqual([
      'README.md',
      'cli.js',
      'index.js',
      'new.js',
      'package.json',
    ]);
    expect(before.get('index.js')).toEqual(after.get('index.js'));
    expect(before.get('README.md')?.digest).not.toBe(after.get('README.md')?.digest);
    expect(after.get('cli.js')).toEqual({ ...before.get('cli.js'), kind: 'executable' });
    expect(JSON.parse(published.manifest)).toMatchObject({ version: OLDER_VERSION });
    expect(world.writes().filter((write) => write.startsWith('PUT /@x'))).toHaveLength(1);
  });

  test('is this very version, once it is published: nothing differs', async () => {
    const world = await testWorld();
    await publish(world, { ...RELEASE, base: '0.1.0' });
    await publish(world, { channel: releaseChannel('0.2.0'), base: '0.2.0' });
    const run = await startRun(world, makeRelease(RELEASE));
    const { built, published } = await rehearse(run);
    expect(published).toEqual({ value: built });
  });

  test('is this very version, whoever built it', async () => {
    const world = await testWorld();
    await publish(world, RELEASE, { content: 'export {};\n' });
    const published = await publishedOf(await startRun(world, makeRelease(RELEASE)));
    expect(published.coordinate.version).toBe('0.1.0');
    expect(byPath(published).get('index.js')?.size).toBe(11);
  });

  test('is what the first dist-tag names, also a higher one', async () => {
    const world = await testWorld();
    await publish(world, NEWER);
    const published = await publishedOf(await startRun(world, makeRelease(OLDER)));
    expect(published.coordinate.version).toBe(NEWER_VERSION);
  });

  const release = (base: string): ReleaseOptions => ({ base, channel: releaseChannel(base) });
  const candidate: ReleaseOptions = { base: '0.4.0', channel: 'candidate' };
  const tags = { dev: null, candidate: null, release: null };
  test.each<[string, ReleaseOptions, object, string]>([
    ['a release without a dist-tag: the stable one', release('0.4.0'), tags, '0.3.0'],
    ['a release between others: the lower one', release('0.2.5'), tags, '0.2.0'],
    ['a candidate: the highest that is no dev build', candidate, tags, '0.3.0'],
    ['a release below what its dist-tag names', release('0.2.5'), {}, '0.2.0'],
    ['a dev build: the highest of any kind', { ...NEWER, base: '0.3.5' }, tags, '0.3.0'],
    ['a dist-tag that does not exist', release('0.4.0'), { release: ['lts'] }, '0.3.0'],
  ])('is the one before it: %s', async (_title, ours, distTags, expected) => {
    const world = await testWorld();
    for (const before of ['0.2.0', '0.3.0', '0.10.0']) await publish(world, release(before));
    await publish(world, { ...OLDER, base: '0.4.0' });
    const run = await startRun(world, makeRelease(ours), { npm: { distTags } });
    expect((await publishedOf(run)).coordinate.version).toBe(expected);
  });

  test('is none, if only later ones are published and there is no dist-tag', async () => {
    const world = await testWorld();
    await publish(world, release('0.2.0'));
    const run = await startRun(world, makeRelease(RELEASE), {
      npm: { distTags: { release: null } },
    });
    expect((await rehearse(run)).published).toEqual({ value: [] });
  });

  test.each(Object.entries({ ...REGISTRIES, ...OTHER_REGISTRIES }))(
    'is read from %s',
    async (_product, start) => {
      const registry = await started(start());
      const first = await runAt(registry, makeRelease(release('0.1.0')));
      expect((await rehearse(first)).published).toEqual({ value: [] });
      expect(await first.publish()).toMatchObject({ outcome: 'published' });
      await promote(first);
      const again = await rehearse(first);
      expect(again.published).toEqual({ value: again.built });
      const next = await runAt(registry, makeRelease(release('0.2.0')));
      const published = await publishedOf(next);
      expect(published.digest).toBe(first.built.artifacts[0]?.digest);
      expect(byPath(published).get('cli.js')).toEqual(
        byPath((await rehearse(next)).built[0] ?? published).get('cli.js'),
      );
    },
  );
});

describe('a registry that does not say', () => {
  const json = { 'content-type': 'application/json' };
  test.each<[string, Fault, string, string]>([
    ['401', { kind: 'status', status: 401 }, 'npm-unauthorized', 'authentication'],
    ['500', { kind: 'status', status: 500 }, 'npm-unavailable', 'incomplete'],
    [
      'garbage',
      { kind: 'status', status: 200, headers: json, body: '{"a":' },
      'npm-malformed',
      'incomplete',
    ],
  ])('%s: the problem of inspect, at each request', async (_title, fault, code, kind) => {
    const world = await testWorld();
    await publish(world, OLDER);
    const run = await startRun(world, makeRelease(NEWER));
    world.proxy.clear();
    expect(valueOf((await rehearse(run)).published)).toHaveLength(1);
    const paths = [...new Set(world.proxy.requests.map(({ path }) => path))];
    expect(paths.length).toBeGreaterThan(3);
    for (const spoilt of paths) {
      world.fault = undefined;
      // A run asks each question once.
      const another = await startRun(world, makeRelease(NEWER));
      world.fault = ({ path }) => (path === spoilt ? fault : undefined);
      const { published } = await rehearse(another);
      expect(problemsOf(published), spoilt).toMatchObject([{ code, kind, effect: 'none' }]);
    }
  });

  test('names by a dist-tag a version that was unpublished: it is the one before', async () => {
    const world = await testWorld();
    await publish(world, OLDER);
    const run = await startRun(world, makeRelease(NEWER));
    const body = '{"dev":"0.0.9"}';
    world.fault = ({ path }) =>
      path.endsWith('/dist-tags')
        ? { kind: 'status', status: 200, headers: json, body }
        : undefined;
    expect((await publishedOf(run)).coordinate.version).toBe(OLDER_VERSION);
  });
});

describe('a tarball that is none', () => {
  const entry = (path: string, content: string) => ({ path, content: Buffer.from(content) });
  const tgz = async (...entries: readonly ReturnType<typeof entry>[]): Promise<Uint8Array> =>
    gzip(await packTar(entries));

  /** A run whose published version has this tarball, and its digest. */
  async function shown(tarball: Uint8Array): Promise<Run> {
    const world = await testWorld();
    const run = await publish(world, RELEASE);
    const page = (await (await fetch(`${world.registry.url}/@x%2fa/0.1.0`)).json()) as {
      readonly dist: object;
    };
    const dist = {
      ...page.dist,
      integrity: sha512Integrity(tarball),
      tarball: `${world.proxy.url}/a.tgz`,
    };
    world.fault = ({ path }) => {
      if (path === '/a.tgz') return { kind: 'status', status: 200, body: tarball };
      const body = JSON.stringify({ ...page, dist });
      return path === '/@x%2fa/0.1.0' ? { kind: 'status', status: 200, body } : undefined;
    };
    return run;
  }

  test.each<[string, () => Promise<Uint8Array> | Uint8Array]>([
    ['garbage', () => Buffer.from('garbage')],
    ['cut off', async () => (await tgz(entry('package/package.json', '{}'))).subarray(0, -9)],
    ['no tar archive', () => gzipSync(Buffer.alloc(1024, 'x'))],
    ['no package.json', async () => tgz(entry('package/a', 'a'))],
    ['no JSON', async () => tgz(entry('package/package.json', '{'))],
    [
      'a package.json that npm cannot read',
      async () => tgz(entry('package/package.json', '{"name":"@x/a","contributors":[null]}')),
    ],
    [
      'a README of more than 8 MiB',
      async () =>
        tgz(
          entry('package/package.json', '{"name":"@x/a","version":"0.1.0"}'),
          entry('package/README.md', 'x'.repeat(8 * 2 ** 20 + 1)),
        ),
    ],
  ])('%s: it is not an npm package', async (_title, make) => {
    expect(problemsOf((await rehearse(await shown(await make()))).published)).toMatchObject([
      { code: 'npm-malformed', message: expect.stringContaining('it is not an npm package') },
    ]);
  });

  test('is listed as clients unpack it, whatever its folder is called', async () => {
    const run = await shown(
      await tgz(
        entry('a-0.1.0/package.json', '{"name":"@x/a","version":"0.1.0"}'),
        entry('a-0.1.0/lib/a.js', 'a'),
        entry('outside', 'x'),
      ),
    );
    expect([...byPath(await publishedOf(run)).keys()]).toEqual(['lib/a.js', 'package.json']);
  });

  test('has other bytes than the registry’s digest says', async () => {
    const world = await testWorld();
    const run = await publish(world, RELEASE);
    world.fault = ({ path }) =>
      path.endsWith('.tgz') ? { kind: 'status', status: 200, body: 'other' } : undefined;
    expect(problemsOf((await rehearse(run)).published)).toMatchObject([
      { code: 'npm-malformed', message: expect.stringContaining('digest') },
    ]);
  });
});
