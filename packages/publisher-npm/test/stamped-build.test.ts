import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { run } from './support/client.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { valueOf } from './support/result.ts';
import { makeStep } from './support/step.ts';
import { readTarball } from './support/tarball.ts';

// Prints its version, as a program does whose build copies it from package.json.
const BUILD = `
const { readFileSync, writeFileSync } = require('node:fs');
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
writeFileSync('cli.js', [read('package.json').version, read('../core/package.json').version].join(' '));
`;
const CLI = {
  name: '@x/cli',
  version: '0.0.0',
  bin: 'cli.js',
  scripts: { build: 'node build.js', prepack: 'npm run build' },
  exports: './cli.js',
  dependencies: { '@x/core': '^0.0.0', other: '^1.0.0' },
  devDependencies: { '@x/core': '*' },
  peerDependencies: { '@x/core': '~0.0.0' },
};
const FILES = {
  'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
  'packages/cli/package.json': CLI,
  'packages/cli/build.js': BUILD,
  'packages/core/package.json': { name: '@x/core', version: '0.0.0' },
  'packages/apart/package.json': { name: '@x/apart', version: '3.0.0' },
};

async function build(files: Readonly<Record<string, string | object>> = FILES) {
  const definition = npm({ directory: 'packages/cli', build: ['node', 'build.js'] });
  const publisher = await definition.open(literalSource(files));
  const members = ['@x/cli', '@x/core'].map((name) => ({ ecosystem: 'npm' as const, name }));
  const channel = releaseChannel('1.2.0');
  const step = makeStep({ files });
  const plan = publisher.plan(makeRelease({ channel, base: '1.2.0', members }));
  const entries = await readTarball(valueOf(await publisher.build(plan, step)).tarball);
  const inCheckout = (path: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(step.checkout, path, 'package.json'), 'utf8'));
  return { plan, entries, inCheckout };
}

test('a package that holds others has their committed package.json, with and without a build', async () => {
  const files = {
    'package.json': { name: '@x/root', version: '0.0.0', workspaces: ['packages/*'] },
    'packages/a/package.json': { name: '@x/a', version: '0.0.0' },
    'packages/b/package.json': { name: '@x/b', version: '0.0.0' },
  };
  const write = "require('node:fs').writeFileSync('packages/b/package.json', '{}')";
  const packed = async (build?: readonly [string, ...string[]]) => {
    const publisher = await npm({ directory: '.', ...(build && { build }) }).open(
      literalSource(files),
    );
    const members = ['root', 'a', 'b'].map((name) => ({
      ecosystem: 'npm' as const,
      name: `@x/${name}`,
    }));
    const plan = publisher.plan(makeRelease({ base: '1.2.0', members }));
    const built = await publisher.build(plan, makeStep({ files }));
    const entries = await readTarball(valueOf(built).tarball);
    return new Map([...entries].map(([path, { text }]) => [path, text]));
  };
  const without = await packed();
  expect(await packed(['node', '--version'])).toEqual(without);
  expect(await packed(['node', '-e', write])).toEqual(
    new Map([...without, ['package/packages/b/package.json', '{}']]),
  );
});

describe('while a package is built, the checkout holds the release’s version', () => {
  test('its own, and that of every package of the release', async () => {
    const { entries, inCheckout } = await build();
    expect(entries.get('package/cli.js')?.text).toBe('1.2.0 1.2.0');
    expect(inCheckout('packages/core')).toEqual({
      name: '@x/core',
      version: '1.2.0',
      gitHead: SHA,
    });
  });

  test('and all else as its author wrote it, but for ranges that follow a sibling', async () => {
    const { inCheckout } = await build();
    expect(inCheckout('packages/cli')).toEqual({
      ...CLI,
      version: '1.2.0',
      gitHead: SHA,
      dependencies: { '@x/core': '^1.2.0', other: '^1.0.0' },
      devDependencies: { '@x/core': '*' },
      peerDependencies: { '@x/core': '~1.2.0' },
    });
    expect(inCheckout('packages/apart')).toEqual(FILES['packages/apart/package.json']);
  });

  test('workspace: and catalog: stay, as the package manager needs them', async () => {
    const dependencies = { '@x/core': 'workspace:^0.0.0', other: 'catalog:' };
    const cli = {
      ...CLI,
      exports: './src/index.ts',
      publishConfig: { exports: './cli.js' },
      dependencies,
    };
    const { inCheckout, plan } = await build({
      ...FILES,
      'pnpm-workspace.yaml': 'packages: [packages/*]\ncatalog: { other: ^1.0.0 }\n',
      'packages/cli/package.json': cli,
    });
    const { exports, publishConfig } = cli;
    expect(inCheckout('packages/cli')).toMatchObject({
      version: '1.2.0',
      dependencies,
      exports,
      publishConfig,
    });
    expect(plan.manifest).toMatchObject({
      exports: './cli.js',
      dependencies: { '@x/core': '^1.2.0', other: '^1.0.0' },
    });
  });

  test('what is packed is the planned package.json', async () => {
    const { entries, plan } = await build();
    expect(entries.get('package/package.json')?.text).toBe(
      `${JSON.stringify(plan.manifest, undefined, 2)}\n`,
    );
  });
});

needs('npm')('a build as after npm version', () => {
  test('sees the same versions', async () => {
    const { workspace } = makeStep();
    const step = makeStep({ files: FILES });
    const env = { HOME: workspace };
    const version = ['npm', 'version', '1.2.0', '--no-git-tag-version', '--no-workspaces-update'];
    for (const name of ['cli', 'core'])
      await run(version as [string, ...string[]], join(step.checkout, 'packages', name), env);
    await run(['node', 'build.js'], join(step.checkout, 'packages/cli'), env);
    const theirs = readFileSync(join(step.checkout, 'packages/cli/cli.js'), 'utf8');
    expect((await build()).entries.get('package/cli.js')?.text).toBe(theirs);
  });
});
