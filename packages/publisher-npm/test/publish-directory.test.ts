import type { FileContent } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { testRun } from './support/publishing.ts';
import { makeRelease, SHA } from './support/release.ts';
import { problemsOf, valueOf } from './support/result.ts';
import { writeFiles } from './support/step.ts';
import { readTarball } from './support/tarball.ts';

const MANIFEST = {
  name: '@x/a',
  version: '0.0.0',
  main: 'src/index.ts',
  dependencies: { '@x/b': 'workspace:^' },
  publishConfig: { directory: 'dist', access: 'public' },
};

async function build(
  files: Readonly<Record<string, FileContent>>,
  directory = 'dist',
  options = {},
) {
  const committed = {
    'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    'packages/b/package.json': { name: '@x/b', version: '0.0.0' },
    'packages/a/package.json': {
      ...MANIFEST,
      publishConfig: { ...MANIFEST.publishConfig, directory },
    },
  };
  const members = [{ ecosystem: 'npm', name: '@x/b' }] as const;
  const run = await testRun(npm({ directory: 'packages/a', ...options }), committed, {
    release: makeRelease({ channel: 'release', members }),
    prepare: (checkout) => writeFiles(checkout, files),
  });
  return { ...run, result: await run.tryBuild() };
}

describe('publishConfig.directory, as pnpm reads it', () => {
  test('the folder’s own package.json is published, with the release’s version and commit', async () => {
    const { result } = await build({
      'packages/a/dist/package.json': { ...MANIFEST, main: 'index.js', publishConfig: undefined },
      'packages/a/dist/index.js': '',
    });
    const entries = await readTarball(valueOf(result).tarball);
    expect([...entries.keys()]).toEqual(['package/index.js', 'package/package.json']);
    expect(JSON.parse(entries.get('package/package.json')?.text ?? '')).toEqual({
      name: '@x/a',
      version: '0.1.0',
      main: 'index.js',
      dependencies: { '@x/b': '^0.1.0' },
      gitHead: SHA,
    });
  });

  test('a folder outside the package', async () => {
    const folder = {
      'dist/libs/a/package.json': { name: '@x/a', version: '0.0.0', exports: './a.js' },
      'dist/libs/a/a.js': '',
    };
    const { result } = await build(folder, '../../dist/libs/a/');
    expect([...(await readTarball(valueOf(result).tarball)).keys()]).toEqual([
      'package/a.js',
      'package/package.json',
    ]);
  });

  test('a folder that a build makes', async () => {
    const script = `
      const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
      const { publishConfig, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'));
      mkdirSync('dist');
      writeFileSync('dist/index.js', manifest.version);
      writeFileSync('dist/package.json', JSON.stringify({ ...manifest, main: 'index.js' }));`;
    const { result } = await build({}, 'dist', { build: [process.execPath, '-e', script] });
    const entries = await readTarball(valueOf(result).tarball);
    expect(entries.get('package/index.js')?.text).toBe('0.1.0');
    expect(JSON.parse(entries.get('package/package.json')?.text ?? '')).toMatchObject({
      version: '0.1.0',
      main: 'index.js',
    });
  });

  test('a folder without a package.json is refused, as by pnpm, and says what the build has to do', async () => {
    const { plan, publisher, result, step } = await build({ 'packages/a/dist/index.js': '' });
    expect(problemsOf(result)).toMatchObject([
      { code: 'npm-manifest', kind: 'incomplete', path: 'packages/a/dist', rerun: 'after-fix' },
    ]);
    // Nothing of it is in the commit: the build may make it.
    expect(await publisher.validate?.(plan, step)).toEqual([]);
  });
});
