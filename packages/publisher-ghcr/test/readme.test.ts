import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configuration, sdk, service } from './readme.example.ts';
import { server, web } from './readme.platforms.ts';
import { release, SHA, tree } from './release.ts';

test('the examples in the README are the tested ones', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const files = ['readme.example.ts', 'readme.platforms.ts'].map(async (name) =>
    readFile(new URL(name, import.meta.url), 'utf8'),
  );
  expect([...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, text]) => text)).toEqual(
    await Promise.all(files),
  );
});

test('and does what it says', async () => {
  expect([sdk, service, configuration, web, server].map(({ label }) => label)).toEqual([
    'ghcr(ghcr.io/ameideio/ameide-sdk-ts)',
    'ghcr(ghcr.io/ameideio/www-ameide)',
    'ghcr.bundle(ghcr.io/ameideio/configuration)',
    'ghcr(ghcr.io/acme/web)',
    'ghcr(ghcr.io/acme/server)',
  ]);
  const publisher = await sdk.open(tree());
  expect(publisher.plan(release()).coordinates).toEqual([
    { ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts', version: SHA },
  ]);
});

test('every problem code of the sources is in the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const folder = new URL('../src/', import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  const codes = new Set(
    texts
      .join('\n')
      .match(/code: 'ghcr-[a-z-]+(?=')/g)
      ?.map((code) => code.slice(7)),
  );
  expect(codes.size).toBeGreaterThan(8);
  expect([...codes].filter((code) => !readme.includes(`\`${code}`))).toEqual([]);
});
