import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { literalCommit, runPublisher } from '@ameide/publisher-kit/testing';
import type { Release } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { project, run } from './support/client.ts';
import { makeRelease, releaseChannel } from './support/release.ts';
import { writeFiles } from './support/step.ts';
import { type RegistryWorld, testWorld } from './support/world.ts';

const NAMES = ['core', 'cli', 'plugin', 'theme'];
const MEMBERS = NAMES.map((name) => ({ ecosystem: 'npm' as const, name: `@x/${name}` }));
const DEV = '2.3.1-dev.20251113153211';
const RELEASES: readonly (readonly [string, Release])[] = [
  ['2.3.0', makeRelease({ base: '2.3.0', channel: releaseChannel('2.3.0'), members: MEMBERS })],
  [DEV, makeRelease({ base: '2.3.1', members: MEMBERS })],
];

const manifest = (name: string, more: object = {}): object => ({
  name: `@x/${name}`,
  version: '0.0.0',
  main: 'index.js',
  ...more,
});
const REPOSITORY: Readonly<Record<string, string | object>> = {
  'package.json': { name: 'root', private: true, workspaces: ['js/*'] },
  'js/core/package.json': manifest('core'),
  'js/cli/package.json': manifest('cli', { dependencies: { '@x/core': '^0.0.0' } }),
  'js/plugin/package.json': manifest('plugin', { peerDependencies: { '@x/core': '~0.0.0' } }),
  'js/theme/package.json': manifest('theme', { peerDependencies: { '@x/core': '*' } }),
  ...Object.fromEntries(
    NAMES.map((name) => [
      `js/${name}/index.js`,
      'module.exports = require("./package.json").version;\n',
    ]),
  ),
};

async function publishAll(
  world: RegistryWorld,
  release: Release,
  files: Readonly<Record<string, string | object>>,
): Promise<void> {
  for (const name of NAMES) {
    const { registry } = world;
    const definition = npm({
      directory: `js/${name}`,
      registry: registry.url,
      token: registry.token,
    });
    const commit = literalCommit(files, { release, relation: () => 'descendant' });
    const { problems, published } = await runPublisher(definition, commit);
    expect([problems, published]).toMatchObject([[], [{ outcome: 'published' }]]);
  }
}

const versionIn = (folder: string, path: string): string =>
  (
    JSON.parse(readFileSync(join(folder, 'node_modules', path, 'package.json'), 'utf8')) as {
      version: string;
    }
  ).version;

needs('npm')('npm workspaces, where no range says workspace:', () => {
  test('npm itself links the sibling', async () => {
    const { folder, env } = project('http://127.0.0.1:1');
    writeFiles(folder, REPOSITORY);
    await run(['npm', 'install'], folder, env);
    expect(lstatSync(join(folder, 'node_modules/@x/core')).isSymbolicLink()).toBe(true);
  });

  test('a release and a dev build of them can be installed, each with the sibling that it was built with', async () => {
    const world = await testWorld();
    for (const [version, release] of RELEASES) {
      await publishAll(world, release, REPOSITORY);
      for (const wanted of [
        ['@x/cli'],
        ['@x/plugin'],
        ['@x/core', '@x/plugin', '@x/theme', '@x/cli'],
      ]) {
        const { folder, env } = project(world.registry.url);
        await run(['npm', 'install', ...wanted.map((name) => `${name}@${version}`)], folder, env);
        expect([versionIn(folder, wanted[0] ?? ''), versionIn(folder, '@x/core')]).toEqual([
          version,
          version,
        ]);
      }
    }
  });
});

needs('pnpm')('pnpm with linkWorkspacePackages', () => {
  test('a dev build can be installed', async () => {
    const world = await testWorld();
    const settings = 'packages: [js/*]\nlinkWorkspacePackages: true\n';
    for (const [, release] of RELEASES)
      await publishAll(world, release, { ...REPOSITORY, 'pnpm-workspace.yaml': settings });
    const { folder, env } = project(world.registry.url);
    const dependencies = {
      '@x/cli': 'dev',
      '@x/core': 'dev',
      '@x/plugin': 'dev',
      '@x/theme': 'dev',
    };
    writeFiles(folder, {
      'pnpm-workspace.yaml': 'minimumReleaseAge: 0\nstrictPeerDependencies: true\n',
      'package.json': { name: 'consumer', dependencies },
    });
    await run(
      ['pnpm', 'install', '--registry', world.registry.url, '--store-dir', join(folder, 'store')],
      folder,
      env,
    );
    expect(versionIn(folder, '@x/core')).toBe(DEV);
    const cores = readdirSync(join(folder, 'node_modules/.pnpm')).filter((path) =>
      path.startsWith('@x+core@'),
    );
    expect(cores).toEqual([`@x+core@${DEV}`]);
  });
});
