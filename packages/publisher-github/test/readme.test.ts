import { readdirSync, readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLab, type Lab } from './lab.ts';
import { publish } from './readme.example.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the example in the README is the file that runs here', () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
  expect(block).toBe(read('./readme.example.ts'));
});

needs('git')('the example', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab();
  });
  afterAll(async () => lab[Symbol.asyncDispose]());

  test('publishes, and a second time finds it there', async () => {
    const sha = lab.commit();
    const { release, step } = await lab.open(sha, '0.1.0');
    const options = lab.world.options();
    const run = async () => publish(options, step.source, release, step);
    expect(await run()).toMatchObject([{ outcome: 'published' }]);
    expect(await lab.world.latest()).toBe('v0.1.0');
    expect(await run()).toMatchObject([{ outcome: 'already-there' }]);
    expect(lab.world.github.violations()).toEqual([]);
  });
});

test('every code in the sources is in a table, and no other', () => {
  const folder = new URL('../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const sources = files.map((path) => readFileSync(new URL(path, folder), 'utf8')).join('');
  const used = [...sources.matchAll(/'(github-[a-z-]+)'/g)].map(([, code]) => code);
  const table = [...read('../README.md').matchAll(/^\| `([a-z-]+)` +\|/gm)]
    .map(([, code]) => code)
    .filter((code) => code?.includes('-'));
  // These come from the kit and the core.
  const kits = [
    'secret-file',
    'file-name',
    'lfs-content-missing',
    'submodule-missing',
    'partial-clone',
    'pointer-names-another',
    'github-unauthorized',
    'github-rate-limited',
    'github-rejected',
    'github-outcome-unknown',
  ];
  expect(new Set(table)).toEqual(new Set([...used, ...kits]));
});
