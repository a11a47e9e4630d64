import { startArtifactoryNpm, startGitlabNpm } from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { listenOn } from './support/listen.ts';
import { MANIFEST, startRun } from './support/publishing.ts';
import { type AnyRegistry, anyRegistry, REGISTRIES, runAt, started } from './support/registries.ts';
import { makeRelease, OTHER_SHA, releaseChannel, SHA } from './support/release.ts';
import { invalidInput } from './support/thrown.ts';
import { testWorld } from './support/world.ts';

const CHANNEL = releaseChannel('0.1.0');
const RELEASE = makeRelease({ channel: CHANNEL });

describe('a registry that sends clients to another one for what it lacks', () => {
  test('a stranger’s package there is neither ours nor a conflict', async () => {
    const stranger = await testWorld();
    const theirs = makeRelease({ channel: CHANNEL, sha: OTHER_SHA });
    const before = await startRun(stranger, theirs);
    await before.publish();
    await before.publisher.promote?.(before.plan, before.step);

    const gitlab = await started(
      startGitlabNpm({ forwardTo: stranger.registry.url }).then(anyRegistry),
    );
    const run = await runAt(gitlab, RELEASE);
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'absent' }]);
    expect(await run.publisher.pointers?.(run.plan, run.step)).toEqual([
      { pointer: run.plan.pointers[0] },
    ]);
    expect(await run.publish()).toMatchObject({ outcome: 'published' });
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([
      { state: 'identical', digest: run.built.artifacts[0]?.digest },
    ]);
  });
});

describe('a virtual repository of Artifactory (stand-in), which shows another registry’s packages', () => {
  /** A stranger's 0.1.0 is behind the remote repository. */
  async function withStranger() {
    const stranger = await testWorld();
    const theirs = makeRelease({ channel: CHANNEL, sha: OTHER_SHA });
    const before = await startRun(stranger, theirs);
    await before.publish();
    await before.publisher.promote?.(before.plan, before.step);
    const remote = stranger.registry.url;
    return started(startArtifactoryNpm({ remote }).then(anyRegistry));
  }

  test('a stranger’s version with our number is a conflict, and nothing is sent', async () => {
    const registry = await withStranger();
    const run = await runAt(registry, RELEASE);
    expect(await run.publish()).toMatchObject({
      outcome: 'conflict',
      problem: { code: 'npm-version-conflict', message: expect.stringContaining(OTHER_SHA) },
    });
    expect(registry.mutations()).toBe(0);
  });

  test('another number is published, and both are there', async () => {
    const registry = await withStranger();
    const run = await runAt(
      registry,
      makeRelease({ base: '0.2.0', channel: releaseChannel('0.2.0') }),
    );
    expect(await run.publish()).toMatchObject({ outcome: 'published' });
    expect(await run.publisher.promote?.(run.plan, run.step)).toMatchObject([
      { outcome: 'moved', from: '0.1.0' },
    ]);
    expect(await registry.snapshot('@x/a')).toMatchObject({
      tags: { latest: '0.2.0' },
      versions: { '0.1.0': {}, '0.2.0': {} },
    });
  });
});

describe('a version whose page is not served', () => {
  interface Answer {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  test.each<[string, Answer]>([
    ['400', { status: 400 }],
    ['405', { status: 405 }],
    ['404 with a web page', { status: 404, headers: { 'content-type': 'text/html' }, body: '<p>' }],
    ['a sign-in page of another server', { status: 302 }],
  ])('is read from the packument: %s', async (_, answer) => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    const elsewhere = await listenOn((_request, response) => response.end('{}'));
    const headers = answer.status === 302 ? { location: elsewhere } : (answer.headers ?? {});
    world.fault = ({ path }) =>
      path === '/@x%2fa/0.1.0' ? { kind: 'status', ...answer, headers } : undefined;
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'absent' }]);
    await run.publish();
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'identical' }]);
    expect(await run.publisher.inspect({ plan: run.plan }, run.step)).toMatchObject([
      { state: 'same-source', sha: SHA },
    ]);
  });

  test('a packument of 10 MiB is read', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    await run.publish();
    const packument = (await (await fetch(`${world.registry.url}/@x%2fa`)).json()) as object;
    const body = JSON.stringify({ ...packument, readme: 'x'.repeat(10 * 2 ** 20) });
    world.fault = ({ path }) =>
      path === '/@x%2fa/0.1.0'
        ? { kind: 'status', status: 405 }
        : path === '/@x%2fa'
          ? { kind: 'status', status: 200, body }
          : undefined;
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'identical' }]);
  });

  test('a packument that is refused is no answer', async () => {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    world.fault = ({ method }) => (method === 'GET' ? { kind: 'status', status: 405 } : undefined);
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([
      { state: 'unknown', problem: { code: 'npm-rejected' } },
    ]);
    expect(await run.publish()).toMatchObject({ outcome: 'incomplete' });
    expect(world.writes()).toEqual([]);
  });
});

describe('a version that the registry shows without its commit', () => {
  /** A version that is on the registry, whose document the registry shows changed. */
  async function shown(change: (document: Record<string, unknown>, dist: object) => object) {
    const world = await testWorld();
    const run = await startRun(world, RELEASE);
    await run.publish();
    const page = await (await fetch(`${world.registry.url}/@x%2fa/0.1.0`)).json();
    const { gitHead: _, dist, ...document } = page as { gitHead: string; dist: object };
    const local = JSON.parse(
      JSON.stringify(dist).replace(world.registry.url, world.proxy.url),
    ) as object;
    const body = JSON.stringify(change(document, local));
    world.fault = ({ path }) =>
      path === '/@x%2fa/0.1.0' ? { kind: 'status', status: 200, body } : undefined;
    const inspect = async () => (await run.publisher.inspect({ plan: run.plan }, run.step))[0];
    return { world, run, inspect };
  }

  test('names it by the package.json that clients install', async () => {
    const { inspect, run } = await shown((document, dist) => ({ ...document, dist }));
    const digest = run.built.artifacts[0]?.digest;
    expect(await inspect()).toMatchObject({ state: 'same-source', sha: SHA, digest });
  });

  test('is not downloaded when its bytes are known to be ours', async () => {
    const { run, world } = await shown((document, dist) => ({ ...document, dist }));
    world.proxy.clear();
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'identical' }]);
    expect(world.proxy.requests).toHaveLength(1);
  });

  test('other bytes than the registry’s digest says are not believed', async () => {
    const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
    const { inspect } = await shown((document, dist) => ({
      ...document,
      dist: { ...dist, integrity },
    }));
    expect(await inspect()).toMatchObject({
      state: 'unknown',
      problem: { code: 'npm-malformed', message: expect.stringContaining('digest') },
    });
  });

  test('the tarball may be on another server, which does not get the token', async () => {
    let file: Uint8Array = new Uint8Array();
    const authorizations: unknown[] = [];
    const storage = await listenOn((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end(file);
    });
    const { inspect, world } = await shown((document, dist) => ({
      ...document,
      dist: { ...dist, tarball: `${storage}/a.tgz` },
    }));
    file = await (await fetch(`${world.registry.url}/@x/a/-/a-0.1.0.tgz`)).bytes();
    expect(await inspect()).toMatchObject({ state: 'same-source', sha: SHA });
    expect(authorizations).toEqual([undefined]);
  });

  test('a tarball that is not there is no answer', async () => {
    const { inspect } = await shown((document, dist) => ({
      ...document,
      dist: { ...dist, tarball: (dist as { tarball: string }).tarball.replace('a-0.1.0', 'b') },
    }));
    expect(await inspect()).toMatchObject({ state: 'unknown', problem: { code: 'npm-not-found' } });
  });

  test.each([
    ['http://127.0.0.1:1/a.tgz', 'npm-insecure'],
    ['http://storage.example/a.tgz', 'npm-insecure'],
    ['https://127.0.0.1:1/a.tgz', 'npm-internal-address'],
    ['https://[::ffff:10.0.0.1]/a.tgz', 'npm-internal-address'],
    ['file:///a.tgz', 'npm-malformed'],
    [undefined, 'npm-malformed'],
  ])('a remote registry does not lead us to %s', async (tarball, code) => {
    const asked: string[] = [];
    const document = {
      name: '@x/a',
      version: '0.1.0',
      dist: { integrity: 'sha512-eA==', tarball },
    };
    const http = createHttp({
      lookup: async () => ['93.184.215.14'],
      async fetch(input) {
        asked.push(new Request(input).url);
        return Response.json(document);
      },
    });
    const run = await runAt({ url: 'https://npm.example', token: 't' } as AnyRegistry, RELEASE, {
      ports: { http },
    });
    expect(await run.publisher.inspect({ plan: run.plan }, run.step)).toMatchObject([
      { state: 'unknown', problem: { code } },
    ]);
    expect(asked).toEqual(['https://npm.example/@x%2fa/0.1.0']);
  });
});

test('dist-tags are read from the packument where their list is not served', async () => {
  const registry = await started(REGISTRIES.verdaccio());
  const run = await runAt(registry, RELEASE);
  await run.publish();
  registry.fault = ({ method, path }) =>
    method === 'GET' && path.endsWith('/dist-tags') ? { kind: 'status', status: 405 } : undefined;
  expect(await run.publisher.promote?.(run.plan, run.step)).toMatchObject([
    { outcome: 'already', from: '0.1.0' },
  ]);
});

describe('GitHub Packages takes scoped packages alone', () => {
  const open = async (name: string, registry: string) =>
    npm({ directory: '.', registry, token: 't' }).open(
      literalSource({ 'package.json': { ...MANIFEST, name } }),
    );

  test.each(['https://npm.pkg.github.com', 'https://npm.acme.ghe.com'])(
    '%s: another is refused before anything is sent',
    async (registry) => {
      expect(await invalidInput(async () => open('a', registry))).toMatchObject({
        code: 'npm-name',
        received: '"a"',
        hint: expect.stringContaining('owner'),
      });
      expect((await open('@acme/a', registry)).id).toBe('npm:@acme/a');
    },
  );
});
