import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { project, run } from './support/client.ts';
import { MANIFEST, startRun } from './support/publishing.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { writeFiles } from './support/step.ts';
import { testWorld } from './support/world.ts';

const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });
function expectInstalled(folder: string): void {
  const installed = JSON.parse(
    readFileSync(join(folder, 'node_modules/@x/a/package.json'), 'utf8'),
  ) as object;
  expect(installed).toEqual({ ...MANIFEST, version: '0.1.0', gitHead: SHA });
  expect(readFileSync(join(folder, 'node_modules/@x/a/index.js'), 'utf8')).toContain('answer = 42');
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

  test('installs a package whose command its preinstall makes, and runs it', async () => {
    const world = await testWorld();
    const manifest = {
      ...MANIFEST,
      bin: 'bin/tool',
      scripts: { preinstall: 'node install.js' },
    };
    const install = `require('node:fs').mkdirSync('bin');
      require('node:fs').writeFileSync('bin/tool', '#!/bin/sh\\necho fetched\\n', { mode: 0o755 });`;
    const files = { 'install.js': install, 'package.json': { ...manifest, type: 'commonjs' } };
    const release = await startRun(world, RELEASE, { files });
    await release.publish();
    await release.publisher.promote?.(release.plan, release.step);
    const { folder, env } = project(world.proxy.url);
    await run(['npm', 'install', '@x/a'], folder, env);
    expect(await run(['npm', 'exec', '--no', 'a'], folder, env)).toContain('fetched');
  });

  test('installs a package with a bundled dependency of a file: range', async () => {
    const world = await testWorld();
    const release = await startRun(world, RELEASE, {
      files: {
        'package.json': {
          ...MANIFEST,
          dependencies: { b: 'file:libs/b' },
          bundleDependencies: ['b'],
        },
        'node_modules/b/package.json': { name: 'b', version: '1.0.0' },
        'node_modules/b/index.js': 'module.exports = "bundled";',
      },
    });
    await release.publish();
    await release.publisher.promote?.(release.plan, release.step);
    const { folder, env } = project(world.proxy.url);
    await run(['npm', 'install', '@x/a'], folder, env);
    const script = 'console.log(require(require.resolve("b", { paths: ["node_modules/@x/a"] })))';
    expect(await run(['node', '-e', script], folder, env)).toContain('bundled');
  });

  test('installs a sibling that a placeholder asks for, which no package manager links', async () => {
    const world = await testWorld();
    const members = ['@x/a', '@x/b'].map((name) => ({ ecosystem: 'npm' as const, name }));
    const siblings = makeRelease({ channel: releaseChannel('0.1.0'), members });
    const manifests = [
      { ...MANIFEST, name: '@x/b', bin: {} },
      { ...MANIFEST, dependencies: { '@x/b': '^0.0.0' } },
    ];
    for (const manifest of manifests) {
      const release = await startRun(world, siblings, { files: { 'package.json': manifest } });
      await release.publish();
      await release.publisher.promote?.(release.plan, release.step);
    }
    const { folder, env } = project(world.proxy.url);
    await run(['npm', 'install', '@x/a'], folder, env);
    const path = join(folder, 'node_modules/@x/b/package.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: '0.1.0' });
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
});

needs('pnpm')('the pnpm client', () => {
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
