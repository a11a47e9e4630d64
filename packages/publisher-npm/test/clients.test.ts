import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { MANIFEST, startRun } from './support/publishing.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { literalSource } from './support/source.ts';
import { makeStep, writeFiles } from './support/step.ts';
import { readTarball } from './support/tarball.ts';
import { testWorld } from './support/world.ts';

const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });
const processes = createProcesses();

async function run(argv: readonly [string, ...string[]], cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const result = await processes.run({ argv, cwd, env, timeoutMs: 60_000 });
  if (!result.ok) throw new Error(`${result.summary}\n${result.stdoutText}${result.stderrText}`);
  return result.stdoutText;
}

/** A project that installs from the registry alone, with caches and settings of its own. */
function project(registry: string): { readonly folder: string; readonly env: Readonly<Record<string, string>> } {
  const { workspace: folder } = makeStep();
  mkdirSync(join(folder, 'home'));
  writeFiles(folder, { 'package.json': { name: 'consumer', private: true } });
  const settings = {
    registry,
    cache: join(folder, 'cache'),
    userconfig: join(folder, 'home/.npmrc'),
    update_notifier: 'false',
    audit: 'false',
    fund: 'false',
  };
  const env = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`npm_config_${name}`, value]));
  return {
    folder,
    env: { ...env, HOME: join(folder, 'home'), XDG_DATA_HOME: join(folder, 'data'), XDG_CACHE_HOME: join(folder, 'cache') },
  };
}

function expectInstalled(folder: string): void {
  const installed = JSON.parse(readFileSync(join(folder, 'node_modules/@x/a/package.json'), 'utf8')) as object;
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
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> };
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
    const shown = JSON.parse(await run(['npm', 'view', '--json', '@x/a', 'gitHead', 'dist-tags', 'readme'], folder, env)) as object;
    expect(shown).toEqual({ gitHead: SHA, 'dist-tags': { latest: '0.1.0' }, readme: '# a\n' });
  });

  test('packs the same files', async () => {
    const manifest = { name: '@x/b', version: '0.1.0', main: 'main.js', files: ['dist', '!dist/**/*.map', 'types/*.d.ts'] };
    const files = {
      'package.json': manifest,
      ...Object.fromEntries(
        [
          'main.js',
          'other.js',
          'dist/a.js',
          'dist/a.js.map',
          'dist/deep/b.js',
          'dist/deep/.npmignore',
          'types/a.d.ts',
          'types/deep/b.d.ts',
        ].map((path) => [path, '']),
      ),
      ...Object.fromEntries(
        ['README.md', 'LICENSE', 'CHANGELOG.md', '.gitignore', 'pnpm-lock.yaml', 'test/a.js'].map((path) => [path, 'x']),
      ),
    };
    const step = makeStep({ files });
    const publisher = await npm({ directory: '.' }).open(literalSource({ 'package.json': manifest }));
    const result = await publisher.build(publisher.plan(RELEASE), step);
    if ('problem' in result) throw new Error(result.problem.message);
    const { folder, env } = project('http://127.0.0.1:1');
    await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', folder, step.source], folder, env);
    const ours = await readTarball((result.built as unknown as { tarball: string }).tarball);
    const theirs = await readTarball(join(folder, 'x-b-0.1.0.tgz'));
    expect([...ours.keys()].toSorted()).toEqual([...theirs.keys()].toSorted());
    expect(ours.size).toBeGreaterThan(4);
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
    await run(['pnpm', 'install', '--registry', world.proxy.url, '--store-dir', join(folder, 'store')], folder, env);
    expectInstalled(folder);
    expect(world.proxy.requests.map(({ path }) => path)).toContain('/@x/a/-/a-0.1.0.tgz');
  });
});
