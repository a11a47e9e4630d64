import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { versionMetadata } from '../src/pack/metadata.ts';
import { project, run } from './support/client.ts';
import { testRun } from './support/publishing.ts';
import { makeRelease } from './support/release.ts';
import { writeFiles } from './support/step.ts';
import { testWorld } from './support/world.ts';

/** What people write in short, or leave to npm. */
const MANIFESTS: Readonly<Record<string, { readonly manifest: object; readonly files?: object }>> =
  {
    'a repository, bugs and authors in short': {
      manifest: {
        repository: 'acme/mono',
        bugs: 'https://example.org/bugs',
        author: 'Ada <ada@example.org> (https://example.org)',
        contributors: ['Grace', { name: 'Edsger', email: 'e@example.org' }],
        license: 'MIT',
        keywords: 'a, b',
        bin: './cli.js',
        man: './a.1',
      },
    },
    'a repository of GitLab, and of an address': {
      manifest: { repository: 'gitlab:acme/mono', bugs: 'bugs@example.org' },
    },
    'a repository that is an object': {
      manifest: {
        repository: { type: 'git', url: 'git@github.com:acme/mono.git', directory: 'packages/a' },
        homepage: 'example.org',
      },
    },
    'commands and pages by their folders': {
      manifest: { directories: { bin: './commands', man: 'pages' } },
      files: { 'commands/one.js': '', 'commands/two': '', 'pages/a.1': '', 'pages/b.txt': '' },
    },
    'an addon, types and an AUTHORS file': {
      manifest: { main: './index.js', scripts: { test: 'node_modules/.bin/x' } },
      files: { 'binding.gyp': '{}', 'index.d.ts': '', AUTHORS: '# who\nAda <ada@example.org>\n' },
    },
    'short forms of other hosts, and an author who is an object': {
      manifest: {
        repository: 'bitbucket:acme/mono',
        author: { name: 'Ada', url: 'https://example.org' },
        bugs: { email: 'bugs@example.org' },
        homepage: 'https://example.org',
        bin: { one: './cli.js', '@x/two': 'cli.js' },
        man: ['./a.1', 'a.1'],
        license: { type: 'MIT', url: 'https://example.org' },
      },
    },
    'a gist, maintainers and licences in a list': {
      manifest: {
        repository: 'gist:11081aaa281',
        maintainers: ['Ada <ada@example.org>'],
        licenses: [{ type: 'MIT' }],
        engines: ['node >= 20'],
        keywords: ['a', ' b ', 3],
      },
    },
    'an address of GitHub with a fragment, and an author of two words': {
      manifest: {
        repository: { type: 'git', url: 'https://github.com/acme/mono.git#main' },
        author: 'Ada Lovelace',
        bugs: 'not an address',
      },
    },
    'a repository by ssh, and by a short form in an object': {
      manifest: { repository: { url: 'acme/mono' }, bugs: {}, bin: {}, directories: {} },
    },
    'dependencies that are optional as well': {
      manifest: {
        dependencies: { b: '1', c: 'acme/mono' },
        optionalDependencies: { b: '2' },
        bundleDependencies: [],
        peerDependencies: { d: '>=1' },
      },
    },
    'a server.js, and no start script': {
      manifest: { scripts: { test: 'true' } },
      files: { 'server.js': '' },
    },
    'a description by the README': {
      manifest: { funding: 'https://example.org', bundledDependencies: false },
      files: { 'README.md': '# a\n\nDoes\nthings.\n\nMore.\n' },
    },
  };

/** Made by the client or the registry, or another by the release. */
const NOT_COMPARED = new Set([
  'dist',
  'gitHead',
  '_id',
  '_nodeVersion',
  '_npmVersion',
  '_integrity',
  '_resolved',
  '_from',
  '_npmUser',
  'readme',
]);

needs('npm')('the registry’s document is the one of npm publish', () => {
  test.each(Object.entries(MANIFESTS))('%s', async (_, { manifest, files = {} }) => {
    const world = await testWorld();
    const content = {
      'package.json': { name: '@x/a', version: '1.0.0', ...manifest },
      'README.md': '# a\n',
      'cli.js': '',
      'index.js': '',
      'a.1': '',
      ...files,
    };
    const { folder, env } = project(world.registry.url);
    writeFiles(join(folder, 'package'), content);
    const key = world.registry.url.replace(/^http:/, '');
    writeFiles(folder, { 'home/.npmrc': `${key}/:_authToken=${world.registry.token}\n` });
    await run(['npm', 'publish', '--ignore-scripts'], join(folder, 'package'), env);
    const theirs = await documentOf(world.registry.url);

    const release = makeRelease({ channel: 'release', base: '1.0.0' });
    const { build } = await testRun(npm({ directory: '' }), content, { release });
    const { tarball } = await build();
    const ours = await versionMetadata(readFileSync(tarball));
    expect(compared(ours)).toEqual(compared(theirs));
    expect(ours['readme']).toBe(theirs['readme']);
  });
});

async function documentOf(registry: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${registry}/@x%2fa`);
  const { readme, versions } = (await response.json()) as {
    readonly readme: string;
    readonly versions: Readonly<Record<string, Record<string, unknown>>>;
  };
  const document = { readme, ...versions['1.0.0'] };
  const { contributors } = document as { readonly contributors?: readonly unknown[] };
  // verdaccio adds an empty list.
  return contributors?.length === 0 ? { ...document, contributors: undefined } : document;
}

function compared(document: object): object {
  return Object.fromEntries(Object.entries(document).filter(([field]) => !NOT_COMPARED.has(field)));
}
