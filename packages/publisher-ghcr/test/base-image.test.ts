import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import type { Problem } from '@ameide/versioning-core';
import Dockerode from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, SHA, step, tree } from './release.ts';

/** A registry that gives nothing without a login, and `<image>:<SHA>` in it. */
async function privateWorld(auth: 'bearer' | 'basic'): Promise<World> {
  const world = await worldOf(await startOciRegistry({ auth, isPrivate: true }));
  const base = await run(world);
  expect(await base.publish()).toMatchObject([{ outcome: 'published' }]);
  world.proxy.clear();
  return world;
}

/** Builds an image of `world` from a Dockerfile that begins with an image of `other`. */
async function buildFrom(
  other: World,
  world: World,
  token = world.registry.password,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly layers: number; readonly problems: readonly Problem[] }> {
  const { files: _files, ...options } = world.options({
    image: `${new URL(world.proxy.url).host}/ameideio/service`,
    dockerfile: { directory: 'image' },
    token,
    ports: { env },
  });
  const publisher = await ghcr(options).open(tree());
  const Dockerfile = `FROM ${other.image}:${SHA}\nCOPY a.txt /\n`;
  const files = { 'image/Dockerfile': Dockerfile, 'image/a.txt': 'a' };
  const { problems = [], value } = await publisher.build(
    publisher.plan(release()),
    await step(files),
  );
  // The first blob is the config.
  return { layers: (value?.blobs.length ?? 1) - 1, problems };
}

function hostOf(world: World): string {
  return new URL(world.proxy.url).host;
}

/** An environment with this `config.json` of Docker. */
function dockerConfig(config: object): NodeJS.ProcessEnv {
  const DOCKER_CONFIG = mkdtempSync(join(tmpdir(), 'docker-config-'));
  onTestFinished(() => rmSync(DOCKER_CONFIG, { recursive: true }));
  writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify(config));
  return { ...process.env, DOCKER_CONFIG };
}

needs('docker-engine')('a public base image', () => {
  test.each(['none', 'bearer'] as const)('is pulled without a token (%s)', async (auth) => {
    await using world = await worldOf(await startOciRegistry({ auth }));
    await using own = await worldOf(await startOciRegistry());
    await (await run(world)).publish();
    expect(await buildFrom(world, own)).toEqual({ layers: 2, problems: [] });
    expect(await buildFrom(world, world, '')).toEqual({ layers: 2, problems: [] });
  });
});

needs('docker-engine')('a private base image', () => {
  test.each(['bearer', 'basic'] as const)(
    'of the registry that the image is published to is pulled with its token (%s)',
    async (auth) => {
      await using world = await privateWorld(auth);
      expect(await buildFrom(world, world)).toEqual({ layers: 2, problems: [] });
      // Ours, of what BuildKit may do with it: by itself it would first send the password by POST.
      const scope = encodeURIComponent('repository:ameideio/sdk:pull');
      const exchanges = world.proxy.requests.filter(({ path }) => path.startsWith('/token'));
      expect(exchanges.map(({ method, path }) => `${method} ${path.replace(/.*&/, '')}`)).toEqual(
        auth === 'bearer' ? [`GET scope=${scope}`] : [],
      );
    },
  );

  test('is not pulled without a token', async () => {
    await using world = await privateWorld('bearer');
    const { problems } = await buildFrom(world, world, '');
    expect(problems).toMatchObject([{ code: 'ghcr-build-failed' }]);
    expect(problems[0]?.message).toMatch(/401|authorization|denied/i);
  });

  test('of another registry is used when it is in the engine already', async () => {
    await using world = await privateWorld('bearer');
    await using other = await privateWorld('bearer');
    const { password, user: username } = other.registry;
    const engine = new Dockerode();
    const base = `${other.image}:${SHA}`;
    const authconfig = { username, password, serveraddress: new URL(other.proxy.url).host };
    await text(await engine.pull(base, { authconfig }));
    try {
      expect(await buildFrom(other, world)).toEqual({ layers: 2, problems: [] });
    } finally {
      await engine.getImage(base).remove();
    }
  });

  test.each(['bearer', 'basic'] as const)(
    'of another registry is pulled with what docker login stored for it (%s)',
    async (auth) => {
      await using world = await privateWorld('bearer');
      await using other = await privateWorld(auth);
      const { password, user } = other.registry;
      const stored = { auth: Buffer.from(`${user}:${password}`).toString('base64') };
      const env = dockerConfig({ auths: { [hostOf(other)]: stored } });
      expect(await buildFrom(other, world, '', env)).toEqual({ layers: 2, problems: [] });
      // A token that can only pull, where the registry gives one.
      const scope = encodeURIComponent('repository:ameideio/sdk:pull');
      const exchanges = other.proxy.requests.filter(({ path }) => path.startsWith('/token'));
      expect(exchanges.map(({ method, path }) => `${method} ${path.replace(/.*&/, '')}`)).toEqual(
        auth === 'bearer' ? [`GET scope=${scope}`] : [],
      );
    },
  );

  test('of another registry, whose login cannot be had: the reason is in the problem', async () => {
    await using world = await privateWorld('bearer');
    await using other = await privateWorld('bearer');
    const env = dockerConfig({ credHelpers: { [hostOf(other)]: 'absent-helper' } });
    const { problems } = await buildFrom(other, world, world.registry.password, env);
    expect(problems[0]?.message).toContain('docker-credential-absent-helper');
  });

  test.each(['bearer', 'basic'] as const)(
    'of another registry is not pulled without a login, and that registry is given nothing (%s)',
    async (auth) => {
      await using world = await privateWorld('bearer');
      await using other = await privateWorld(auth);
      const { problems } = await buildFrom(other, world);
      expect(problems).toMatchObject([{ code: 'ghcr-build-failed' }]);
      // BuildKit gets itself an anonymous token: it has no password to send.
      const signedIn = other.proxy.requests.filter(({ authorization }) => authorization);
      expect(signedIn.filter(({ path }) => auth === 'basic' || path.startsWith('/token'))).toEqual(
        [],
      );
    },
  );
});
