import { type RunningPythonIndex, startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { gzip, packTar, sha256Hex } from '@ameide/publisher-kit';
import { type TestReleaseOptions, testRelease } from '@ameide/publisher-kit/testing';
import type { ArtifactContents, Rehearsal, Step } from '@ameide/versioning-core';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PypiBuilt, PypiPlan } from '../src/index.ts';
import { isPrerelease } from '../src/project/specifiers.ts';
import { REPOSITORY } from './plan.fixture.ts';
import {
  commit,
  type Fault,
  type Opened,
  open,
  PROJECT,
  recordedHttp,
  removeScratch,
  type Sent,
  type StubFile,
  stubBuilder,
} from './world.ts';

const WHEEL = 'wheel py3-none-any';
const FILES = { 'a.py': { content: 'A = 1\n' }, 'run.sh': { content: '#!/bin/sh\n' } };
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
const PAGE = '/simple/ameide-sdk/';

test.each([
  ['0.1.0', false],
  ['0.1.0.post1', false],
  ['0.1.0+git.71b2e', false],
  ['0.1.0rc1', true],
  ['0.1.0.dev1+git.71b2e', true],
])('%s: a prerelease? %s', (version, answer) => {
  expect(isPrerelease(version)).toBe(answer);
});

needs('git')('a rehearsal', () => {
  let root: string;
  let index: RunningPythonIndex;
  let fault: ((sent: Sent) => Fault) | undefined;

  beforeAll(() => {
    root = commit(PROJECT);
  });
  beforeEach(async () => {
    index = await startPythonIndex();
  });
  afterEach(async () => {
    fault = undefined;
    await index.stop();
  });
  afterAll(removeScratch);

  interface Run {
    readonly publisher: Opened['publisher'];
    readonly plan: PypiPlan;
    readonly built: PypiBuilt;
    readonly step: () => Step;
    readonly sent: readonly Sent[];
  }

  async function run(
    release: TestReleaseOptions = {},
    files: Readonly<Record<string, StubFile>> = FILES,
  ): Promise<Run> {
    const { http, sent } = recordedHttp((one) => fault?.(one));
    const ports = {
      http,
      processes: stubBuilder('', files),
      env: {},
      sleep: async () => undefined,
    };
    const { simpleUrl, token, uploadUrl } = index;
    const { publisher, sha, step } = await open(root, { simpleUrl, token, uploadUrl, ports });
    const plan = publisher.plan(testRelease({ repository: REPOSITORY, ...release, sha }));
    const result = await publisher.build(plan, step());
    if (result.value === undefined) throw new Error(result.problems[0].message);
    return { publisher, plan, built: result.value, step, sent };
  }

  async function publish(
    release: TestReleaseOptions,
    files?: Readonly<Record<string, StubFile>>,
  ): Promise<Run> {
    const made = await run(release, files);
    expect(await made.publisher.publish(made.plan, made.built, made.step())).toMatchObject([
      { outcome: 'published' },
    ]);
    return made;
  }

  const rehearse = async ({ built, plan, publisher, step }: Run): Promise<Rehearsal> =>
    publisher.rehearse(plan, built, step());

  async function versionsOf(ours: Run): Promise<readonly string[]> {
    const { problems, value } = (await rehearse(ours)).published;
    if (problems !== undefined) throw new Error(problems[0].message);
    return [...new Set(value.map(({ coordinate }) => coordinate.version))];
  }

  const release = (base: string): TestReleaseOptions => ({ base, channel: 'release' });
  const dev = (base: string, datetime: string): TestReleaseOptions => ({ base, datetime });

  const partIn = (contents: readonly ArtifactContents[] = [], part: string) => {
    const found = contents.find((one) => one.part === part);
    return new Map(found?.files.map((file) => [file.path, file]));
  };

  test('lists what is built, and nothing was published before', async () => {
    const ours = await run(release('0.1.0'));
    const { built, published } = await rehearse(ours);
    expect(built.map(({ coordinate, digest, part }) => [coordinate.version, part, digest])).toEqual(
      [
        ['0.1.0', WHEEL, ours.built.artifacts[0]?.digest],
        ['0.1.0', 'sdist', ours.built.artifacts[1]?.digest],
      ],
    );
    expect([...partIn(built, WHEEL).keys()].toSorted()).toEqual([
      'ameide_sdk.dist-info/METADATA',
      'ameide_sdk.dist-info/RECORD',
      'ameide_sdk.dist-info/WHEEL',
      'ameide_sdk/a.py',
      'ameide_sdk/run.sh',
    ]);
    expect([...partIn(built, 'sdist').keys()].toSorted()).toEqual([
      'PKG-INFO',
      'pyproject.toml',
      'src/ameide_sdk/a.py',
      'src/ameide_sdk/run.sh',
    ]);
    expect(partIn(built, WHEEL).get('ameide_sdk/a.py')).toEqual({
      path: 'ameide_sdk/a.py',
      size: 6,
      digest: `sha256:${sha256Hex('A = 1\n')}`,
    });
    for (const { manifest } of built)
      expect(manifest).toMatch(/^Metadata-Version: 2.4\nName: Ameide_SDK\nVersion: 0.1.0\n/);
    expect(published).toEqual({ value: [] });
    expect(ours.sent.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      `GET ${PAGE}`,
    ]);
  });

  test('shows what changed since the version before', async () => {
    await publish(dev('0.1.0', '20251113150000'), {
      ...FILES,
      'old.py': { content: '' },
      'changed.py': { content: 'B = 1\n' },
    });
    const { built, published } = await rehearse(
      await run(dev('0.1.0', '20251113160000'), {
        'a.py': FILES['a.py'],
        'run.sh': { ...FILES['run.sh'], executable: true },
        'new.py': { content: '' },
        'changed.py': { content: 'B = 2\n' },
      }),
    );
    for (const [part, folder] of [
      [WHEEL, 'ameide_sdk'],
      ['sdist', 'src/ameide_sdk'],
    ] as const) {
      const [before, after] = [partIn(published.value, part), partIn(built, part)];
      expect(before.has(`${folder}/old.py`) && !after.has(`${folder}/old.py`)).toBe(true);
      expect(!before.has(`${folder}/new.py`) && after.has(`${folder}/new.py`)).toBe(true);
      expect(before.get(`${folder}/a.py`)).toEqual(after.get(`${folder}/a.py`));
      expect(before.get(`${folder}/changed.py`)?.digest).not.toBe(
        after.get(`${folder}/changed.py`)?.digest,
      );
      expect(after.get(`${folder}/run.sh`)).toEqual({
        ...before.get(`${folder}/run.sh`),
        kind: 'executable',
      });
    }
    expect(partIn(published.value, WHEEL).get('ameide_sdk.dist-info/WHEEL')).toEqual(
      partIn(built, WHEEL).get('ameide_sdk.dist-info/WHEEL'),
    );
  });

  test('shows no difference to this very version', async () => {
    await publish(release('0.1.0'));
    await publish(release('0.2.0'));
    const { built, published } = await rehearse(await run(release('0.1.0')));
    expect(published.value).toHaveLength(2);
    for (const { part } of built)
      expect(partIn(published.value, part)).toEqual(partIn(built, part));
    const about = ({ coordinate, digest, manifest, part }: ArtifactContents) =>
      [coordinate.version, digest, manifest, part] as const;
    expect(published.value?.map(about)).toEqual(built.map(about));
  });

  test.each<[string, TestReleaseOptions, string]>([
    ['a release: the highest stable version before it', release('0.4.0'), '0.3.0'],
    ['a release of an older line', release('0.2.5'), '0.2.0'],
    ['a candidate: no dev build', { base: '0.4.0', channel: 'candidate' }, '0.3.0'],
    [
      'a dev build: the highest of any kind',
      dev('0.4.0', '20251113160000'),
      '0.4.0.dev20251113150000',
    ],
    ['a dev build after a release', dev('0.3.5', '20251113160000'), '0.3.0'],
  ])('compares %s', async (_title, ours, expected) => {
    for (const before of ['0.2.0', '0.3.0', '0.10.0']) await publish(release(before));
    await publish(dev('0.4.0', '20251113150000'));
    expect(await versionsOf(await run(ours))).toEqual([expected]);
  });

  test('is refused where publish refuses: half of this version is there, of another build', async () => {
    const first = await run(release('0.1.0'));
    let uploads = 0;
    fault = ({ method }) => (method === 'POST' && ++uploads > 1 ? 400 : undefined);
    expect(await first.publisher.publish(first.plan, first.built, first.step())).toMatchObject([
      { outcome: 'incomplete' },
    ]);
    fault = undefined;
    const again = await run(release('0.1.0'), { 'a.py': { content: 'A = 2\n' } });
    const problem = { code: 'pypi-not-reproducible', kind: 'incomplete' };
    const sent = again.sent.length;
    expect((await rehearse(again)).refused).toMatchObject([problem]);
    expect(again.sent.slice(sent).filter(({ method }) => method !== 'GET')).toEqual([]);
    const [refused] = await again.publisher.publish(again.plan, again.built, again.step());
    expect(refused).toMatchObject({ outcome: 'incomplete', problem });
    expect((await rehearse(first)).published.value).toHaveLength(1);
  });

  /** The page of the index as it is, changed. */
  async function shownPage(
    change: (file: Record<string, unknown>) => object | undefined,
    type = JSON_TYPE,
  ): Promise<void> {
    const response = await fetch(`${index.simpleUrl}ameide-sdk/`, { headers: { accept: type } });
    const page = (await response.json()) as { readonly files: Record<string, unknown>[] };
    const body = JSON.stringify({ ...page, files: page.files.flatMap((one) => change(one) ?? []) });
    fault = ({ url }) =>
      url.pathname === PAGE ? new Response(body, { headers: { 'content-type': type } }) : undefined;
  }

  describe('of yanked files', () => {
    const yank = (version: string, yanked: unknown) => (file: Record<string, unknown>) =>
      String(file['filename']).includes(`-${version}`) ? { ...file, yanked } : file;

    test.each([true, 'broken'])('leaves them out of an earlier version: %s', async (yanked) => {
      await publish(release('0.1.0'));
      await publish(release('0.2.0'));
      await shownPage(yank('0.2.0', yanked));
      expect(await versionsOf(await run(release('0.3.0')))).toEqual(['0.1.0']);
    });

    test('compares with this very version all the same', async () => {
      await publish(release('0.1.0'));
      await publish(release('0.2.0'));
      await shownPage(yank('0.2.0', true));
      expect(await versionsOf(await run(release('0.2.0')))).toEqual(['0.2.0']);
    });

    test('reads them from an HTML page, too', async () => {
      await publish(release('0.1.0'));
      await publish(release('0.2.0'));
      const link = (name: string, more = '') => `<a href="/files/${name}"${more}>${name}</a>`;
      const body = `<title>Links for a</title>${link('ameide_sdk-0.1.0.tar.gz')}${link('ameide_sdk-0.2.0.tar.gz', ' data-yanked')}`;
      const sdist = new Response(
        Buffer.from(await gzip(await packTar([{ path: 'a/PKG-INFO', content: strToU8('a') }]))),
      );
      fault = ({ url }) =>
        url.pathname === PAGE
          ? new Response(body, { headers: { 'content-type': 'text/html' } })
          : url.pathname === '/files/ameide_sdk-0.1.0.tar.gz'
            ? sdist
            : undefined;
      expect(await versionsOf(await run(release('0.3.0')))).toEqual(['0.1.0']);
    });
  });

  describe('at an index that does not say', () => {
    const garbage = () => new Response('{"a":', { headers: { 'content-type': JSON_TYPE } });
    test.each<[string, () => Fault, string, string]>([
      ['401', () => 401, 'pypi-unauthorized', 'authentication'],
      ['500', () => 500, 'pypi-unavailable', 'incomplete'],
      ['garbage', garbage, 'pypi-unreadable', 'incomplete'],
      ['no connection', () => 'reset after', 'pypi-network', 'incomplete'],
    ])('%s: the problem of inspect', async (_title, answer, code, kind) => {
      await publish(release('0.1.0'));
      const ours = await run(release('0.2.0'));
      fault = ({ url }) => (url.pathname === PAGE ? answer() : undefined);
      const problem = { code, kind, effect: 'none' };
      expect((await rehearse(ours)).published.problems).toMatchObject([problem]);
      expect(await ours.publisher.inspect({ plan: ours.plan }, ours.step())).toMatchObject([
        { state: 'unknown', problem: { code, kind } },
      ]);
      if (answer === garbage) return;
      fault = ({ url }) => (url.pathname.endsWith('.whl') ? answer() : undefined);
      expect((await rehearse(ours)).published.problems).toMatchObject([problem]);
    });

    test('what it lists, and then does not have', async () => {
      await publish(release('0.1.0'));
      const ours = await run(release('0.2.0'));
      fault = ({ url }) => (url.pathname.endsWith('.tar.gz') ? 404 : undefined);
      expect((await rehearse(ours)).published.problems).toMatchObject([
        { code: 'pypi-unreadable', message: expect.stringContaining('answers 404') },
      ]);
    });

    test('a thousand files of one version, and one', async () => {
      await publish(release('0.1.0'));
      await shownPage(() => undefined);
      const file = { filename: 'ameide_sdk-0.1.0-py3-none-any.whl', url: 'a.whl' };
      const many = {
        meta: { 'api-version': '1.0' },
        files: Array.from({ length: 1001 }, () => file),
      };
      fault = () => new Response(JSON.stringify(many), { headers: { 'content-type': JSON_TYPE } });
      expect((await rehearse(await run(release('0.2.0')))).published.problems).toMatchObject([
        { code: 'pypi-unreadable', message: expect.stringContaining('1000 files of one version') },
      ]);
    });
  });

  describe('of files that are no archives', () => {
    const metadata = strToU8('Metadata-Version: 2.4\nName: ameide-sdk\nVersion: 0.1.0\n');

    /** The index has one file of 0.1.0: these bytes, and their digest. */
    async function published(filename: string, bytes: Uint8Array, sha256 = sha256Hex(bytes)) {
      const page = {
        meta: { 'api-version': '1.0' },
        files: [{ filename, url: filename, hashes: { sha256 } }],
      };
      fault = ({ url }) =>
        url.pathname === PAGE
          ? new Response(JSON.stringify(page), { headers: { 'content-type': JSON_TYPE } })
          : url.pathname.endsWith(filename)
            ? new Response(Buffer.from(bytes))
            : undefined;
      return (await rehearse(await run(release('0.2.0')))).published;
    }

    test.each<[string, string, Uint8Array, RegExp]>([
      [
        'a wheel of garbage',
        'ameide_sdk-0.1.0-py3-none-any.whl',
        strToU8('garbage'),
        /no readable zip archive/,
      ],
      [
        'an sdist of garbage',
        'ameide_sdk-0.1.0.tar.gz',
        strToU8('garbage'),
        /no readable gzip file/,
      ],
      [
        'a wheel without METADATA',
        'ameide_sdk-0.1.0-py3-none-any.whl',
        zipSync({ a: metadata }),
        /holds no \*\.dist-info\/METADATA/,
      ],
    ])('%s: it is not readable', async (_title, name, bytes, message) => {
      expect((await published(name, bytes)).problems).toMatchObject([
        { code: 'pypi-unreadable', kind: 'incomplete', message: expect.stringMatching(message) },
      ]);
    });

    test('a wheel that claims members of more than 4 GiB: none of them is unpacked', async () => {
      const large = [new Uint8Array(9), { level: 0 }] as [Uint8Array, { level: 0 }];
      const bytes = Buffer.from(zipSync({ 'a-1.dist-info/METADATA': metadata, large }));
      const entry = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
      bytes.writeUInt32LE(0xffffffff, entry + 24);
      expect((await published('ameide_sdk-0.1.0-py3-none-any.whl', bytes)).problems).toMatchObject([
        { code: 'pypi-unreadable', message: expect.stringContaining('4294967296 bytes') },
      ]);
    });

    test('other bytes than the digest says', async () => {
      const wheel = zipSync({ 'a-1.dist-info/METADATA': metadata });
      const name = 'ameide_sdk-0.1.0-py3-none-any.whl';
      expect((await published(name, wheel, 'ab'.repeat(32))).problems).toMatchObject([
        { code: 'pypi-unreadable', message: expect.stringContaining('digest') },
      ]);
    });

    test('an old sdist is a zip archive: it is read', async () => {
      const zip = zipSync({
        'ameide_sdk-0.1.0/PKG-INFO': metadata,
        'ameide_sdk-0.1.0/a/b': metadata,
      });
      expect((await published('ameide_sdk-0.1.0.zip', zip)).value).toMatchObject([
        { part: 'sdist', files: [{ path: 'PKG-INFO' }, { path: 'a/b' }] },
      ]);
    });

    test('files beside the folder of an sdist, or of another version, hide none of its own', async () => {
      const sdist = await packTar([
        { path: 'ameide_sdk-0.1.0/PKG-INFO', content: metadata },
        { path: 'ameide_sdk-0.1.0/setup.py', content: strToU8('evil') },
        { path: 'x/setup.py', content: strToU8('good') },
      ]);
      expect((await published('ameide_sdk-0.1.0.tar.gz', await gzip(sdist))).value).toMatchObject([
        {
          files: [
            { path: 'PKG-INFO' },
            { path: 'setup.py', digest: `sha256:${sha256Hex('evil')}` },
            { path: '../x/setup.py' },
          ],
        },
      ]);
      const wheel = zipSync({
        'ameide_sdk-0.1.0.dist-info/METADATA': metadata,
        'ameide_sdk-0.1.0.dist-info/entry_points.txt': strToU8('evil'),
        'ameide_sdk-0.0.9.dist-info/entry_points.txt': strToU8('good'),
      });
      const name = 'ameide_sdk-0.1.0-py3-none-any.whl';
      expect((await published(name, wheel)).value).toMatchObject([
        {
          files: [
            { path: 'ameide_sdk.dist-info/METADATA' },
            {
              path: 'ameide_sdk.dist-info/entry_points.txt',
              digest: `sha256:${sha256Hex('evil')}`,
            },
            { path: 'ameide_sdk-0.0.9.dist-info/entry_points.txt' },
          ],
        },
      ]);
    });

    test('a wheel with a build tag, and its data', async () => {
      const wheel = zipSync({
        'ameide_sdk-0.1.0.dist-info/METADATA': metadata,
        'ameide_sdk-0.1.0.data/scripts/run': metadata,
        'x/y-1.dist-info/METADATA': metadata,
      });
      const name = 'ameide_sdk-0.1.0-1-cp312-abi3-manylinux_2_17_x86_64.whl';
      expect((await published(name, wheel)).value).toMatchObject([
        {
          part: 'wheel 1-cp312-abi3-manylinux_2_17_x86_64',
          manifest: new TextDecoder().decode(metadata),
          digest: `sha256:${sha256Hex(wheel)}`,
          files: [
            { path: 'ameide_sdk.dist-info/METADATA' },
            { path: 'ameide_sdk.data/scripts/run' },
            { path: 'x/y-1.dist-info/METADATA' },
          ],
        },
      ]);
    });
  });
});
