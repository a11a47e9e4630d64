import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import {
  createTestRepository,
  repositoryCommit,
  runPublisher,
} from '@ameide/publisher-kit/testing';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { type BundleIndex, configuration } from '../src/index.ts';
import { folder, installed, run } from './installed.ts';
import { npmWorld, ociWorld, PACKAGE, PROJECT, pypiWorld } from './worlds.ts';

const DIRECTORY = 'packages/configuration';
const FILES = {
  'configuration.yaml': 'retries: 3\n',
  'environments/production.yaml': 'retries: 5\r\n# ünïcode\r\n',
  'environments/limits.json': '{ "requests": 100 }\n',
  'README.md': '# Configuration\n',
  'LICENSE.txt': 'All of it.\n',
  '.hidden': 'x\n',
  'run.sh': '#!/bin/sh\n',
  'dist/.npmignore': '*\n',
  'dist/ignored.yaml': '',
};

/** Publishes the files on the channel of `ref`. Returns the commit. */
async function publish(definitions: readonly PublisherDefinition[], ref: string): Promise<string> {
  await using repository = createTestRepository({ origin: 'https://github.com/ameideio/ameide' });
  for (const [path, text] of Object.entries({ ...FILES, '.gitignore': '*\n' }))
    repository.write(`${DIRECTORY}/${path}`, text);
  repository.git('add', '--all', '--force');
  repository.git('update-index', '--chmod=+x', `${DIRECTORY}/run.sh`);
  const sha = repository.commit({ add: false });
  const opened = await repository.open();
  for (const definition of definitions) {
    const run = await runPublisher(definition, await repositoryCommit(opened, { sha, ref }));
    expect(run.problems).toEqual([]);
  }
  return sha;
}

/** An image's files, written out by crane. */
async function exported(image: string): Promise<string> {
  const there = await folder();
  await run(
    [component('crane').path ?? 'crane', 'export', '--insecure', image, 'image.tar'],
    there,
  );
  await mkdir(join(there, 'image'));
  await run(['tar', '-xf', 'image.tar', '-C', 'image'], there);
  return join(there, 'image');
}

async function contents(directory: string): Promise<Readonly<Record<string, string>>> {
  const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  );
  const files = entries.map(({ parentPath, name }) => relative(directory, join(parentPath, name)));
  return Object.fromEntries(
    await Promise.all(
      files
        .toSorted()
        .map(async (path) => [path, await readFile(join(directory, path), 'utf8')] as const),
    ),
  );
}

async function executables(directory: string): Promise<readonly string[]> {
  const files = Object.keys(await contents(directory));
  const modes = await Promise.all(
    files.map(async (path) => (await stat(join(directory, path))).mode),
  );
  return files.filter((_, n) => ((modes[n] ?? 0) & 0o111) !== 0);
}

/** Checks the index against every other file, and gives it without them. */
async function trueIndex(
  directory: string,
  ...beside: readonly string[]
): Promise<Omit<BundleIndex, 'files'>> {
  const found = await contents(directory);
  const { files, ...rest } = JSON.parse(found['index.json'] ?? '') as BundleIndex;
  expect(files.map(({ path }) => path).toSorted()).toEqual(
    Object.keys(found)
      .filter((path) => path !== 'index.json' && !beside.includes(path))
      .toSorted(),
  );
  for (const { path, sha256, size } of files) {
    const bytes = await readFile(join(directory, path));
    expect({ path, sha256, size }).toEqual({
      path,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
    });
  }
  return rest;
}

needs(
  'git',
  'npm',
  'crane',
  'python',
  'skopeo',
  'uv',
)('what is published', () => {
  test.each([
    ['refs/tags/v0.1.0', '0.1.0', 'latest'],
    ['refs/heads/main', '0.1.0-dev.20251113153211', 'dev'],
  ])('of %s is the same in the package and in the image', async (ref, version, pointer) => {
    await using npm = await npmWorld();
    await using oci = await ociWorld();
    const definitions = configuration({
      directory: DIRECTORY,
      carriers: [npm.carrier(), oci.carrier()],
    });
    const sha = await publish(definitions, ref);

    const packed = join(await installed(npm.registry.url, version), 'node_modules', PACKAGE);
    const image = await exported(`${oci.image}:${pointer}`);
    const index = { schema: 'ameide-configuration/index/1', name: 'configuration', sha };
    expect(await trueIndex(packed, 'package.json', '_load.js', '_load.d.ts')).toEqual({
      ...index,
      version,
    });
    expect(await trueIndex(join(image, 'etc/ameide'))).toEqual({
      ...index,
      // A commit has one image, whichever channel builds it.
      version: `0.1.0-dev.20251113153211+g${sha.slice(0, 7)}`,
    });

    const {
      'package.json': manifest,
      'index.json': packedIndex,
      '_load.js': _code,
      '_load.d.ts': _types,
      ...packedFiles
    } = await contents(packed);
    const { 'index.json': imageIndex, ...imageFiles } = await contents(join(image, 'etc/ameide'));
    expect(packedFiles).toEqual(FILES);
    expect(imageFiles).toEqual(FILES);
    for (const folderOf of [packed, join(image, 'etc/ameide')])
      expect(await executables(folderOf)).toEqual(['run.sh']);
    // The indexes differ in the version alone.
    const inImage = `0.1.0-dev.20251113153211+g${sha.slice(0, 7)}`;
    expect(imageIndex?.replace(inImage, version)).toBe(packedIndex);
    expect(JSON.parse(manifest ?? '')).toMatchObject({ name: PACKAGE, version, gitHead: sha });
  });

  test('in an image, which skopeo copies', async () => {
    await using oci = await ociWorld();
    const definitions = configuration({ directory: DIRECTORY, carriers: [oci.carrier()] });
    await publish(definitions, 'refs/tags/v0.1.0');
    const at = await folder();
    const { password, user } = oci.registry;
    const source = ['--src-tls-verify=false', '--src-creds', `${user}:${password}`] as const;
    const image = `docker://${oci.image}:0.1.0`;
    await run([component('skopeo').path ?? 'skopeo', 'copy', ...source, image, 'dir:copy'], at);
    const manifest = JSON.parse(await readFile(join(at, 'copy/manifest.json'), 'utf8'));
    await mkdir(join(at, 'files'));
    for (const { digest } of manifest.layers as readonly { readonly digest: string }[]) {
      const layer = join('copy', digest.replace('sha256:', ''));
      await run(['tar', '-xzf', layer, '-C', 'files'], at);
    }
    const { 'index.json': _, ...files } = await contents(join(at, 'files/etc/ameide'));
    expect(files).toEqual(FILES);
  });

  test('in an image, which oras pulls', async () => {
    await using oci = await ociWorld();
    const definitions = configuration({ directory: DIRECTORY, carriers: [oci.carrier()] });
    await publish(definitions, 'refs/tags/v0.1.0');
    const at = await folder();
    const { password, user } = oci.registry;
    const login = ['--plain-http', '--username', user, '--password', password] as const;
    await run([component('oras').path ?? 'oras', 'pull', ...login, `${oci.image}:0.1.0`], at);
    const { 'index.json': _, ...files } = await contents(join(at, 'etc/ameide'));
    expect(files).toEqual(FILES);
  });

  test('in a Python package, which uv installs', async () => {
    await using pypi = await pypiWorld();
    const carriers = [pypi.carrier()];
    const sha = await publish(
      configuration({ directory: DIRECTORY, carriers }),
      'refs/tags/v0.1.0',
    );
    const target = await folder();
    const argv = ['pip', 'install', '--quiet', '--no-config', '--target', target] as const;
    const index = ['--index-url', pypi.registry.simpleUrl, `${PROJECT}==0.1.0`];
    await run([component('uv').path ?? 'uv', ...argv, ...index], target);
    const packed = join(target, 'ameide_configuration/files');
    expect(await trueIndex(packed)).toEqual({
      schema: 'ameide-configuration/index/1',
      name: 'configuration',
      version: '0.1.0',
      sha,
    });
    const { 'index.json': _, ...files } = await contents(packed);
    expect(files).toEqual(FILES);
    const script =
      "from ameide_configuration import index, load; print(index['sha'], load('environments/production.yaml'))";
    const python = component('python').path ?? 'python3';
    const env = { PYTHONPATH: target };
    expect(await run([python, '-c', script], target, env)).toBe(`${sha} {'retries': 5}\n`);
  });

  test('resolves, file by file, in Node', async () => {
    await using npm = await npmWorld();
    const definitions = configuration({ directory: DIRECTORY, carriers: [npm.carrier()] });
    const sha = await publish(definitions, 'refs/tags/v0.1.0');
    const project = await installed(npm.registry.url, '0.1.0');
    const README = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    await writeFile(join(project, 'consumer.js'), /```js\n([\s\S]*?)```/.exec(README)?.[1] ?? '');
    expect(await run([process.execPath, 'consumer.js'], project)).toBe(
      `5 ${sha}\n${FILES['environments/production.yaml']}`,
    );

    const all = [...Object.keys(FILES), 'index.json', 'package.json'].map(
      (path) => `${PACKAGE}/${path}`,
    );
    const script = `
      import { createRequire } from 'node:module';
      import { readFileSync } from 'node:fs';
      for (const name of ${JSON.stringify(all)}) {
        readFileSync(new URL(import.meta.resolve(name)));
        readFileSync(createRequire(import.meta.url).resolve(name));
      }
      console.log('all');`;
    await writeFile(join(project, 'all.js'), script);
    expect(await run([process.execPath, 'all.js'], project)).toBe('all\n');
  });
});
