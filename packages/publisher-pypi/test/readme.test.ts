import { readdirSync, readFileSync } from 'node:fs';
import { startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { openRepository } from '@ameide/publisher-kit';
import { afterAll, expect, test } from 'vitest';
import { publish } from './readme.example.ts';
import { commit, open, PROJECT, removeScratch, stubBuilder } from './world.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the example in the README is the file that runs here', () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
  expect(block).toBe(read('./readme.example.ts'));
});

needs('git')('the example', () => {
  afterAll(removeScratch);

  test('publishes, and a second time finds it there', async () => {
    await using index = await startPythonIndex();
    const options = {
      directory: 'sdk',
      uploadUrl: index.uploadUrl,
      simpleUrl: index.simpleUrl,
      token: index.token,
      ports: { processes: stubBuilder() },
    };
    const root = commit(PROJECT);
    const { release, step, sha } = await open(root, options);
    await using repository = await openRepository(root);
    const source = repository.source(await repository.resolve(sha));
    expect(await publish(options, source, release, step())).toMatchObject([
      { outcome: 'published' },
    ]);
    expect(await publish(options, source, release, step())).toMatchObject([
      { outcome: 'already-there' },
    ]);
    expect(read('./readme.example.ts')).toContain(release.versions.pypi.version);
  });
});

test('every code in the sources is in a table, and no other', () => {
  const folder = new URL('../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const sources = files.map((path) => readFileSync(new URL(path, folder), 'utf8')).join('');
  const used = [...sources.matchAll(/'(pypi-[a-z-]+)'/g)]
    .map(([, code]) => code)
    // The kit makes `pypi-build-failed` of it.
    .filter((code) => code !== 'pypi-build');
  const table = [...read('../README.md').matchAll(/^\| `([a-z-]+)` +\|/gm)]
    .map(([, code]) => code)
    .filter((code) => code?.includes('-'));
  // These come from the kit.
  const kits = [
    'invalid-input',
    'secret-file',
    'built-secret-file',
    'file-name',
    'lfs-content-missing',
    'submodule-missing',
    'partial-clone',
    'pypi-build-failed',
    'pypi-unauthorized',
    'pypi-not-trusted',
    'pypi-forbidden',
    'pypi-rejected',
    'pypi-outcome-unknown',
  ];
  expect(new Set(table)).toEqual(new Set([...used, ...kits]));
});
