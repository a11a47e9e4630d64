import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import type { Step } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { project, run } from './support/client.ts';
import { MANIFEST, startRun } from './support/publishing.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { literalSource } from './support/source.ts';
import { makeStep, writeFiles } from './support/step.ts';
import { readTarball } from './support/tarball.ts';
import { testWorld } from './support/world.ts';

const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });
function expectInstalled(folder: string): void {
  const installed = JSON.parse(
    readFileSync(join(folder, 'node_modules/@x/a/package.json'), 'utf8'),
  ) as object;
  expect(installed).toEqual({ ...MANIFEST, version: '0.1.0', gitHead: SHA });
  expect(readFileSync(join(folder, 'node_modules/@x/a/index.js'), 'utf8')).toContain('answer = 42');
}

const empty = (...paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, '']));
const B = { name: '@x/b', version: '0.1.0' };
const LEFT_BEHIND = ['dist/b.js', 'dist/b.log', 'coverage/lcov.info', 'build.log'];
const below = (directory: string): Record<string, string> =>
  empty(...LEFT_BEHIND.map((path) => `${directory}/${path}`));
const ROOT = {
  'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
  '.gitignore': 'coverage/\n*.log\n',
};

/** What is packed, and from which folder of the repository. */
const PACKAGES: Readonly<
  Record<
    string,
    { readonly files: Readonly<Record<string, string | object>>; readonly directory: string }
  >
> = {
  'a package with a list of files': {
    directory: '.',
    files: {
      'package.json': {
        ...B,
        main: 'main.js',
        bin: './cli.js',
        files: ['dist', '!dist/**/*.map', 'types/*.d.ts'],
      },
      ...empty(
        'main.js',
        'cli.js',
        'other.js',
        'dist/a.js',
        'dist/a.js.map',
        'dist/deep/b.js',
        'dist/deep/.npmignore',
        'types/a.d.ts',
      ),
      ...empty(
        'types/deep/b.d.ts',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        '.gitignore',
        'pnpm-lock.yaml',
        'test/a.js',
      ),
    },
  },
  'a workspace package, below the root’s .gitignore': {
    directory: 'packages/b',
    files: { ...ROOT, 'packages/b/package.json': B, ...below('packages/b') },
  },
  'a workspace package with a list of files': {
    directory: 'packages/b',
    files: {
      ...ROOT,
      'packages/b/package.json': { ...B, files: ['dist', 'coverage'] },
      ...below('packages/b'),
    },
  },
  'a workspace package below a folder with an .npmignore': {
    directory: 'packages/b',
    files: {
      ...ROOT,
      'packages/.npmignore': 'dist/\n',
      'packages/b/package.json': B,
      ...below('packages/b'),
    },
  },
  'a folder that is no part of the workspace': {
    directory: 'other/b',
    files: { ...ROOT, 'other/b/package.json': B, ...below('other/b') },
  },
};

async function packedByUs(
  files: Readonly<Record<string, string | object>>,
  directory: string,
  step: Step,
): Promise<readonly string[]> {
  const publisher = await npm({ directory }).open(literalSource(files));
  const result = await publisher.build(publisher.plan(RELEASE), step);
  if ('problem' in result) throw new Error(result.problem.message);
  return [
    ...(await readTarball((result.built as unknown as { tarball: string }).tarball)).keys(),
  ].toSorted();
}

needs('npm')('the npm client', () => {
  test('installs what was published, with its integrity, and runs its command', async () => {
    const world = await testWorld();
    const release = await startRun(world, RELEASE);
    await release.publish();
    await release.publisher.promote?.(release.plan, release.step);
    const { folder, env } = project(world.proxy.url);
    await run(['npm', 'install', '@x/a'], folder, env);
    expectInstalled(folder);
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    expect(lock.packages['node_modules/@x/a']).toMatchObject({
      version: '0.1.0',
      integrity: release.built.artifacts[0]?.digest,
      bin: { a: 'cli.js' },
    });
    expect(await run(['npm', 'exec', '--no', 'a'], folder, env)).toContain('ran');
  });

  test('shows the commit, the tags and the README', async () => {
    const world = await testWorld();
    const release = await startRun(world, RELEASE);
    await release.publish();
    await release.publisher.promote?.(release.plan, release.step);
    const { folder, env } = project(world.proxy.url);
    const shown = JSON.parse(
      await run(['npm', 'view', '--json', '@x/a', 'gitHead', 'dist-tags', 'readme'], folder, env),
    ) as object;
    expect(shown).toEqual({ gitHead: SHA, 'dist-tags': { latest: '0.1.0' }, readme: '# a\n' });
  });

  test.each(Object.entries(PACKAGES))(
    'packs the same files of %s',
    async (_, { files, directory }) => {
      const step = makeStep({ files });
      const { folder, env } = project('http://127.0.0.1:1');
      const argv = ['npm', 'pack', '--ignore-scripts', '--pack-destination', folder] as const;
      await run(argv, join(step.source, directory), env);
      expect(await packedByUs(files, directory, step)).toEqual(
        [...(await readTarball(join(folder, 'x-b-0.1.0.tgz'))).keys()].toSorted(),
      );
    },
  );
});

needs('pnpm')('the pnpm client', () => {
  test.each(Object.entries(PACKAGES))(
    'packs the same files of %s',
    async (_, { files, directory }) => {
      const workspace = { 'pnpm-workspace.yaml': "packages: ['packages/*']\n" };
      const step = makeStep({ files: { ...files, ...workspace } });
      const { folder, env } = project('http://127.0.0.1:1');
      await run(['pnpm', 'pack', '--pack-destination', folder], join(step.source, directory), env);
      const theirs = await readTarball(join(folder, 'x-b-0.1.0.tgz'));
      expect(await packedByUs({ ...files, ...workspace }, directory, step)).toEqual(
        [...theirs.keys()].toSorted(),
      );
    },
  );

  test('installs what was published', async () => {
    const world = await testWorld();
    const release = await startRun(world, RELEASE);
    await release.publish();
    const { folder, env } = project(world.proxy.url);
    writeFiles(folder, {
      'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n',
      'package.json': { name: 'consumer', dependencies: { '@x/a': '0.1.0' } },
    });
    await run(
      ['pnpm', 'install', '--registry', world.proxy.url, '--store-dir', join(folder, 'store')],
      folder,
      env,
    );
    expectInstalled(folder);
    expect(world.proxy.requests.map(({ path }) => path)).toContain('/@x/a/-/a-0.1.0.tgz');
  });
});
