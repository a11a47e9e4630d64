import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPackage } from '@ameide/local-registries';
import { literalSource } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { publishSdk } from './readme.example.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { makeStep } from './support/step.ts';
import { testWorld } from './support/world.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README’s example is the tested one, and does what it says', async () => {
  const example = readFileSync(new URL('readme.example.ts', import.meta.url), 'utf8');
  expect(/```ts\n([\s\S]*?)```/.exec(README)?.[1]).toBe(example);

  const world = await testWorld();
  const before = process.env['NPM_TOKEN'];
  process.env['NPM_TOKEN'] = world.registry.token;
  onTestFinished(() => {
    if (before === undefined) delete process.env['NPM_TOKEN'];
    else process.env['NPM_TOKEN'] = before;
  });
  const manifest = { name: '@example/sdk', version: '0.1.0' };
  const step = makeStep({
    files: { 'packages/sdk/package.json': manifest, 'packages/sdk/index.js': '' },
  });
  const release = makeRelease({ channel: releaseChannel('0.1.0') });
  const published = await publishSdk(
    literalSource({ 'packages/sdk/package.json': manifest }),
    release,
    step,
    world.proxy.url,
  );
  expect(published).toMatchObject([{ outcome: 'published' }]);
  expect(await readPackage(world.registry.url, '@example/sdk')).toMatchObject({
    tags: { latest: '0.1.0' },
    versions: { '0.1.0': `${SHA} ${published[0]?.digest}` },
  });
});

test('the README lists every code that the sources use', () => {
  const folder = new URL('../src/', import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const used = sources.flatMap((path) =>
    [...readFileSync(join(folder, path), 'utf8').matchAll(/'(npm-[a-z-]+)'/g)].map(
      (match) => match[1],
    ),
  );
  expect(used.length).toBeGreaterThan(10);
  const missing = [...new Set(used)].filter(
    (code) => code !== 'npm-packlist' && code !== 'npm-build' && !README.includes(`\`${code}\``),
  );
  expect(missing).toEqual([]);
});
